// The migrations of the service that PixelPim replaces, with the checksums that its tool keeps: SHA-256 of each file.
#pragma once

#include <array>
#include <string_view>

namespace pim::ops::migrate {

struct Original {
  std::string_view name, checksum;
};

inline constexpr std::array<Original, 31> originals{{
    {"20250812090340_init", "ac0ce5967864e3352da88331e3b3f8a5caa1983b0868428c695f3c9d655b27b1"},
    {"20250813052921_add_category_model", "6c4900f5a4f0e9c989818f36e2a2c07cc4658928e844669afe9be6c73ed52214"},
    {"20250813083906_add_product_model", "e6cc361c364bc9fe2a0c1389db8512f06e6a707abed6bfaab7cf3d77d5c50964"},
    {"20250813090417_add_updated_product_model", "7ea8f5af0bf52af622a8af4f2fa903341e763ec95465c56125b3db795070aed7"},
    {"20250814053815_add_assets_and_asset_groups", "52c4e48c4c70d1466c6e75f7f27561aaa0a136734b1d1f3eaf22dcad4dfe8eb3"},
    {"20250815041925_make_unique_constraints_user_scoped",
     "0a80a7352ba47492cdcef0b7f9cf5395a26e4bd250563449a6da6ddd9a8e433d"},
    {"20250815065614_add_product_variants", "dac76fa162df270ae4fc33a78ce56c3c85caa004756d45d0627f2fe5004fde2b"},
    {"20250817055611_add_sub_images_to_product", "dd05f81de1b6694df2651fce249586659a67969248253d993cc6e60f3988e836"},
    {"20250824093955_add_product_attributes_assets",
     "b008f47e1b950c4d8a9604f64ac91b3745e12fc26b8fec8686237d2f090bca5d"},
    {"20250908045400_product_with_individual_values",
     "67b1845e17de4c0886da5acf8e9ae818d541bf200307d83a85f0a308a103a1d5"},
    {"20250912062940_add_notification_table", "36f568ba516aeb11998f291d0e6cc4a267b9be591d061fad736cc146e94b5fdf"},
    {"20250925055634_update_category_unique_constraint",
     "028e12ed9e20f4daa6611d99a07e59b78ab1cdef9b2b2f8968ae6fd36661f56a"},
    {"20251010091617_add_scheduled_imports", "90e47180a2c812650b61a537e2310c9e5d9fd59ef235200d3c13b583c0ceb32d"},
    {"20251015041924_add_integration_log", "bbe0ea1ba75b7c930eb0a97a0634f0c6b77e8871873f03775328066381b16e57"},
    {"20251026050504_refactor_to_one_to_many_variants",
     "801b4b2dcd85bb4e97dc618da35e0e72367a28957335e92d107abfff02ccf4a6"},
    {"20251026084132_enhanced_integration_log", "8317c0657644a07c73b6bc90dcaec88025434a54a75f157f986b732a28247e34"},
    {"20251119045739_add_soft_delete_fields", "45dc0a96c9ebc8475e5411888a87eeb5656e3c5552c8ba0bcb9b641da0fcbc54"},
    {"20251119060523_ts_error", "976bcb07e8484810b949fa494d68fee473f7e49985c708f413f6f978fe120676"},
    {"20251124082059_add_rbac_system", "206ee7ae99d8618f3398ab341343063dede0ce36c5d38ad722610748df965e2e"},
    {"20251126075059_add_share_links", "21d1d278e703d120c713e2e8fde77ad7eac2e6843a6ee139c64897e2a7a96342"},
    {"20251211035358_add_multi_woocommerce_support",
     "ed8f10d3a7eee3024ce010bc03b26b3254f2aa736d0e45b784d8b1f625b17ff4"},
    {"20251217083700_make_product_id_nullable_for_failed_imports",
     "c50393807d918293f3a8e490aeb98204d216618962e43c05644c09d4261b2e62"},
    {"20251219110824_add_image_asset_tracking_to_sync",
     "6e60170e5c305396d041e21b42b6d5f0976ca4c74fa12236f31f93612db318c0"},
    {"20251221000001_add_hidden_logs_timestamp", "5a9e411dd53853007b0927c1d139a41810d1bc72d9ca648f350855ea774f86fd"},
    {"20251221064054_add_hidden_woo_sync_logs_timestamp",
     "07f8e8cf48c4b57c20ec5110636198a8a69b87dd8153e01fe0d27045147e26c6"},
    {"20260111_add_mydeal_workitems_and_config", "6292c3b8af99dc41d9b1e0a90562863785ddb3f614e19b863ed80cf3d65c65fe"},
    {"20260113080043_add_hidden_mydeal_sync_logs_timestamp",
     "2b919f2329056f07a55b8eedbd32ee86240e9289d4360d2161780b7b11168224"},
    {"20260113081029_add_connection_id_to_mydeal_workitems",
     "a1b1442fa5ed196c2892c70d06945b99ca570977207bb8a578e296d57fbe9507"},
    {"20260121050225_add_selected_fields_to_import_mapping",
     "4a852d2a2c155374e880b0a20ad5eeff66e94ed52f7ae67bf563a0fcda2356b4"},
    {"20260223004148_add_thumbnail_path_to_asset", "da2ad7d7610e34c957ee31d56a0a610082863bf74c614e093f7d0849076ce762"},
    {"20260223231331_add_product_thumbnails", "9106fc0f500f0dca6738520cc511155479eae391628f50f762c79f9316f69655"},
}};

// Whether a migration of ours makes the changes of one of theirs, or comes after it: their order is that of their
// times.
constexpr bool covers(std::string_view ours, const Original& theirs) {
  constexpr std::size_t time_size = 14;
  return theirs.name.substr(0, time_size) <= ours.substr(0, time_size);
}

}  // namespace pim::ops::migrate
