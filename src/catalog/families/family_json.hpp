// How families are written to clients.
#pragma once

#include "catalog/families/statements.hpp"
#include "json/writer.hpp"

namespace pim::catalog::families {

// As an item of a list: with counts, and attributes in short.
void write(json::Object& out, const Family& family);
// With products in short; the caller adds the pagination.
void write(json::Object& out, const FamilyDetail& family);
// As it was saved: attributes with all of their columns, as they are stored.
void write_saved(json::Object& out, const Family& family);
void write_saved(json::Object& out, const Member& member);

}  // namespace pim::catalog::families
