// How products are written to clients.
#pragma once

#include <string>
#include <string_view>

#include "catalog/products/product.hpp"
#include "json/writer.hpp"
#include "trash/products.hpp"

namespace pim::catalog::products {

// As an item of a list.
void write(json::Object& out, const Product& product);
// With its parent and its assets.
void write(json::Object& out, const ProductDetail& product);
// As it lies in the trash.
void write(json::Object& out, const trash::DeletedProduct& product);

// A variant as GET /products/:id/variants gives it.
void write_variant(json::Object& out, const Product& variant);

// `removed`: names of attributes that were sent but are in the family already.
std::string detail_json(const ProductDetail& product, const std::vector<std::string>& removed = {});

}  // namespace pim::catalog::products
