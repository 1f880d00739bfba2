// How products are written to clients.
#pragma once

#include <string>
#include <string_view>

#include "catalog/products/product.hpp"
#include "catalog/products/save.hpp"
#include "http/signed_url.hpp"
#include "json/writer.hpp"
#include "trash/products.hpp"

namespace pim::catalog::products {

// As an item of a list.
void write(json::Object& out, const Product& product);
// With its parent and its assets, whose addresses are signed.
void write(json::Object& out, const ProductDetail& product, const http::UrlSigner& signer);
// As it lies in the trash.
void write(json::Object& out, const trash::DeletedProduct& product);

// A variant as GET /products/:id/variants gives it.
void write_variant(json::Object& out, const Product& variant);

// The values of a product as GET /products/:id/attributes gives them.
void write_values(json::Array& out, const std::vector<AttributeValue>& attributes);

// With what the write that it answers has to say.
std::string detail_json(const ProductDetail& product, const http::UrlSigner& signer, const Saved& saved = {});

}  // namespace pim::catalog::products
