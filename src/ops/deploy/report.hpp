// The report of a deployment.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "ops/deploy/deploy.hpp"

namespace pim::ops::deploy {

// "<state>/reports/deployment_12.md", for the ending ".md".
std::filesystem::path report_file(const config::Config& config, const Deployment& deployment, std::string_view ending);
Result<void> write_report(const std::filesystem::path& file, const std::string& content);
std::string to_markdown(const Deployment& deployment);

}  // namespace pim::ops::deploy
