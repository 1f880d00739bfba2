#include "test_cluster.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <stdexcept>

#include "ops/migrate/migrate.hpp"
#include "pg/blocking.hpp"

namespace pim::test {
namespace {

namespace fs = std::filesystem;

class TemporaryCluster {
 public:
  TemporaryCluster() : state_(make_folder()), cluster_(pg::embedded::Cluster::in(state_).value()) {
    if (auto started = cluster_.start(); !started) throw std::runtime_error(started.error().message);
  }
  ~TemporaryCluster() {
    std::ignore = cluster_.stop();
    std::error_code ignored;
    fs::remove_all(state_, ignored);
  }
  pg::embedded::Cluster& cluster() { return cluster_; }

 private:
  static fs::path make_folder() {
    std::string name = "/tmp/pixelpim-tests-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    fs::permissions(name, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
    return name;
  }
  fs::path state_;
  pg::embedded::Cluster cluster_;
};

std::unique_ptr<TemporaryCluster>& instance() {
  static std::unique_ptr<TemporaryCluster> cluster;
  return cluster;
}

// Ends the cluster with the run, also when tests failed.
class ClusterEnvironment : public ::testing::Environment {
 public:
  void TearDown() override { instance().reset(); }
};
const auto* const environment = ::testing::AddGlobalTestEnvironment(new ClusterEnvironment);

// The URI of the cluster with another database in it.
std::string url_of(const std::string& database) {
  std::string url = cluster().url();
  const std::string_view standard = "postgresql:///pixelpim?";
  return "postgresql:///" + database + "?" + url.substr(standard.size());
}

std::string new_database(const std::string& template_database) {
  static int number = 0;
  const std::string name = fmt::format("test_{}", ++number);
  auto admin = pg::Blocking::connect(cluster().url());
  if (!admin) throw std::runtime_error(admin.error().message);
  auto made = admin->query(fmt::format("CREATE DATABASE {} TEMPLATE {}", name, template_database));
  if (!made) throw std::runtime_error(made.error().message);
  return name;
}

// Migrated once, then copied.
const std::string& migrated_template() {
  static const std::string name = [] {
    std::string made = new_database("template0");
    auto connection = pg::Blocking::connect(url_of(made)).value();
    auto applied = ops::migrate::deploy(connection, ops::migrate::migrations().value(), [](const std::string&) {});
    if (!applied) throw std::runtime_error(applied.error().message);
    return made;
  }();
  return name;
}

}  // namespace

pg::embedded::Cluster& cluster() {
  if (!instance()) instance() = std::make_unique<TemporaryCluster>();
  return instance()->cluster();
}

std::string fresh_database() { return url_of(new_database("template0")); }
std::string migrated_database() { return url_of(new_database(migrated_template())); }

}  // namespace pim::test
