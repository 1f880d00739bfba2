// How attributes are written to clients.
#pragma once

#include <string>

#include "catalog/attributes/attribute.hpp"
#include "json/writer.hpp"

namespace pim::catalog::attributes {

// {"id","name","type","userFriendlyType","unit","options","defaultValue","userId","createdAt","updatedAt","attributeGroups"};
// the default is JSON of its type.
void write(json::Object& out, const Attribute& attribute);
// The same, with "productCount".
void write(json::Object& out, const CountedAttribute& attribute);

// What a change of type or options did to the values, or would:
// {"changed","misfits","examples":[{"in","id","name","value", "reason"}]}, as the value of a member.
std::string conversion_json(const ChangedAttribute& changed);

// Every type, for forms: GET /attributes/types.
std::string types_json();

}  // namespace pim::catalog::attributes
