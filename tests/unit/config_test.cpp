#include "config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "config/database_url.hpp"

namespace pim::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace fs = std::filesystem;
using Variables = std::map<std::string, std::string>;

class Configuration : public ::testing::Test {
 protected:
  Configuration() {
    std::string name = (fs::temp_directory_path() / "pixelpim_config.XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~Configuration() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, std::string_view text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  // With a state folder of its own, unless the test names one.
  Result<Config> load_with(const Variables& variables = {}, Flags flags = {}) const {
    if (!flags.state && !variables.contains("PIXELPIM_STATE")) flags.state = folder_.string();
    return load(flags, [&](const char* name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
  }
  Result<Config> load_file(std::string_view text, const Variables& variables = {}) const {
    write("pixelpim.toml", text);
    return load_with(variables);
  }

  fs::path folder_;
};

TEST_F(Configuration, has_defaults_for_everything) {
  const auto config = load_with();
  ASSERT_TRUE(config);
  EXPECT_EQ(config->state, folder_);
  EXPECT_EQ(config->database_url, "");
  EXPECT_EQ(config->listen, "0.0.0.0");
  EXPECT_EQ(config->port, 3000);
  EXPECT_EQ(config->threads, 0);
  EXPECT_EQ(config->jwt_secret, "");
  EXPECT_EQ(config->jwt_lifetime, std::chrono::hours{24});
  EXPECT_FALSE(config->allow_weak_secret);
  EXPECT_EQ(config->cors_origin, "*");
  EXPECT_EQ(config->log_level, "info");
  EXPECT_EQ(config->retention_days, 30);
  EXPECT_EQ(config->import_bytes_max, 200U << 20);
}

TEST_F(Configuration, goes_by_flags_before_the_environment_and_that_before_the_file) {
  const std::string file = "port = 1\nlisten = \"file\"\nlog_level = \"debug\"\n";
  EXPECT_EQ(load_file(file)->port, 1);
  EXPECT_EQ(load_file(file, {{"PORT", "2"}})->port, 2);
  Flags flags;
  flags.port = 3;
  flags.listen = "flag";
  const auto config = load_with({{"PORT", "2"}, {"LISTEN_ADDRESS", "environment"}}, flags);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->port, 3);
  EXPECT_EQ(config->listen, "flag");
  EXPECT_EQ(config->log_level, "debug") << "what only the file says";
}

TEST_F(Configuration, reads_each_setting_from_its_variable) {
  const auto config = load_with({{"DATABASE_URL", "postgres://x"},
                                 {"LISTEN_ADDRESS", "::1"},
                                 {"PORT", "65535"},
                                 {"PIXELPIM_THREADS", "256"},
                                 {"JWT_SECRET", "secret"},
                                 {"JWT_EXPIRES_IN", "7d"},
                                 {"CORS_ORIGIN", "https://shop.example"},
                                 {"LOG_LEVEL", "error"},
                                 {"RETENTION_DAYS", "36500"},
                                 {"BRAKE_ROWS", "50"},
                                 {"BRAKE_PERCENT", "0"}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->database_url, "postgres://x");
  EXPECT_EQ(config->listen, "::1");
  EXPECT_EQ(config->port, 65535);
  EXPECT_EQ(config->threads, 256);
  EXPECT_EQ(config->jwt_secret, "secret");
  EXPECT_EQ(config->jwt_lifetime, std::chrono::hours{7 * 24});
  EXPECT_EQ(config->cors_origin, "https://shop.example");
  EXPECT_EQ(config->log_level, "error");
  EXPECT_EQ(config->retention_days, 36500);
  EXPECT_EQ(config->brake_rows, 50);
  EXPECT_EQ(config->brake_percent, 0);
}

TEST_F(Configuration, reads_each_setting_from_the_file) {
  const auto config = load_file(R"(
# a comment
database_url = "postgres://x"
listen = '127.0.0.1'
port = "8080"  # a text with a number in it
threads = 2
jwt_secret = "a\"b\\c\u00e4"
jwt_expires_in = 3600
allow_weak_secret = true
cors_origin = ""
log_level = "warn"
retention_days = 1
import_bytes_max = 1_000_000
)");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->port, 8080);
  EXPECT_EQ(config->threads, 2);
  EXPECT_EQ(config->jwt_secret, "a\"b\\cä");
  EXPECT_EQ(config->jwt_lifetime, std::chrono::hours{1});
  EXPECT_TRUE(config->allow_weak_secret);
  EXPECT_EQ(config->cors_origin, "");
  EXPECT_EQ(config->log_level, "warn");
  EXPECT_EQ(config->import_bytes_max, 1'000'000U);
}

// Somebody must find the place to correct: the variable, or the key and the file.
TEST_F(Configuration, says_where_a_wrong_value_is_and_what_it_must_be) {
  const auto from_environment = load_with({{"PORT", "eighty"}});
  ASSERT_FALSE(from_environment);
  EXPECT_THAT(from_environment.error().message, HasSubstr("PORT in the environment is \"eighty\""));
  EXPECT_THAT(from_environment.error().message, HasSubstr("from 1 to 65535"));
  EXPECT_NE(from_environment.error().remedy, "");
  const auto from_file = load_file("threads = 0");
  ASSERT_FALSE(from_file);
  EXPECT_THAT(from_file.error().message, HasSubstr("threads in " + (folder_ / "pixelpim.toml").string() + " is \"0\""));
}

TEST_F(Configuration, takes_numbers_within_their_bounds_only) {
  const auto accepts = [&](const char* name, const char* value) { return load_with({{name, value}}).has_value(); };
  for (const auto& [name, largest, beyond] :
       {std::tuple{"PORT", "65535", "65536"}, std::tuple{"PIXELPIM_THREADS", "256", "257"},
        std::tuple{"RETENTION_DAYS", "36500", "36501"}, std::tuple{"BRAKE_ROWS", "1000000000", "1000000001"}}) {
    EXPECT_TRUE(accepts(name, "1")) << name;
    EXPECT_TRUE(accepts(name, largest)) << name;
    for (const char* wrong : {"0", "-1", beyond, "", " 1", "1 ", "1.0", "1e3", "0x10", "+1", "99999999999999999999"}) {
      EXPECT_FALSE(accepts(name, wrong)) << name << "=" << wrong;
    }
  }
  EXPECT_FALSE(load_file("import_bytes_max = 0"));
  EXPECT_TRUE(load_file("import_bytes_max = 1099511627776"));
  EXPECT_FALSE(load_file("import_bytes_max = 1099511627777"));
}

TEST_F(Configuration, takes_times_with_and_without_a_unit) {
  const auto seconds = [&](const char* text) -> std::int64_t {
    const auto config = load_with({{"JWT_EXPIRES_IN", text}});
    return config ? config->jwt_lifetime.count() : -1;
  };
  EXPECT_EQ(seconds("45s"), 45);
  EXPECT_EQ(seconds("30m"), 1800);
  EXPECT_EQ(seconds("24h"), 86'400);
  EXPECT_EQ(seconds("7d"), 604'800);
  EXPECT_EQ(seconds("3600"), 3600);
  EXPECT_EQ(seconds("1"), 1);
  EXPECT_EQ(seconds("3650d"), 315'360'000) << "ten years";
  EXPECT_EQ(seconds("315360000"), 315'360'000);
  for (const char* wrong : {"", "d", "0", "0d", "-1h", "1.5h", "1w", "1 d", "1d ", "24H", "1h30m", "ten", "3651d",
                            "315360001", "99999999999999999999d"}) {
    EXPECT_EQ(seconds(wrong), -1) << wrong;
  }
}

TEST_F(Configuration, takes_known_words_only) {
  for (const char* level : {"debug", "info", "warn", "error"}) EXPECT_TRUE(load_with({{"LOG_LEVEL", level}})) << level;
  for (const char* level : {"", "INFO", "warning", "trace"}) EXPECT_FALSE(load_with({{"LOG_LEVEL", level}})) << level;
  EXPECT_FALSE(load_file("allow_weak_secret = 1"));
  EXPECT_FALSE(load_file("allow_weak_secret = \"yes\""));
  EXPECT_FALSE(load_file("allow_weak_secret = \"false\"")->allow_weak_secret);
}

TEST_F(Configuration, refuses_keys_that_it_does_not_know_and_names_the_nearest) {
  struct Case {
    const char *text, *nearest;
  };
  for (const Case& each : {Case{"databse_url = 1", "\"database_url\""}, Case{"Port = 1", "\"port\""},
                           Case{"retention = 1", "\"retention_days\""}, Case{"[server]\nport = 1", ""}}) {
    const auto config = load_file(each.text);
    ASSERT_FALSE(config) << each.text;
    EXPECT_THAT(config.error().message, HasSubstr("is not known")) << each.text;
    EXPECT_THAT(config.error().remedy, HasSubstr(each.nearest)) << each.text;
  }
}

TEST_F(Configuration, refuses_values_of_other_kinds) {
  for (const char* text : {"port = [1]", "port = {a = 1}", "port = 2026-01-01", "port = 3.5", "port = true",
                           "listen = []", "jwt_secret = 1979-05-27T07:32:00Z"}) {
    const auto config = load_file(text);
    ASSERT_FALSE(config) << text;
    EXPECT_THAT(config.error().message, HasSubstr("pixelpim.toml")) << text;
  }
}

TEST_F(Configuration, names_the_line_of_a_file_that_cant_be_read) {
  const auto config = load_file("port = 1\nlisten = \"open\nthreads = 2\n");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr("pixelpim.toml line 2"));
  EXPECT_FALSE(load_file("port = 1\nport = 2\n")) << "twice the same key";
  EXPECT_FALSE(load_file("listen = \"\xFF\"")) << "not UTF-8";
  EXPECT_TRUE(load_file("")) << "an empty file says nothing";
  EXPECT_EQ(load_file("\xEF\xBB\xBFport = 7\r\n")->port, 7) << "as editors on Windows write it";
}

TEST_F(Configuration, needs_a_file_only_where_one_is_named) {
  EXPECT_TRUE(load_with());
  Flags flags;
  flags.file = (folder_ / "other.toml").string();
  const auto missing = load_with({}, flags);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("other.toml"));
  EXPECT_FALSE(load_with({{"PIXELPIM_CONFIG", *flags.file}}));
  write("other.toml", "port = 7");
  write("pixelpim.toml", "port = 8\nno_such_key = 1");
  EXPECT_EQ(load_with({}, flags)->port, 7) << "and the one in the state folder is not read then";
  EXPECT_EQ(load_with({{"PIXELPIM_CONFIG", *flags.file}})->port, 7);
  EXPECT_EQ(load_with({{"PIXELPIM_CONFIG", "/nowhere"}}, flags)->port, 7) << "the flag comes first";
}

TEST_F(Configuration, finds_the_state_folder) {
  EXPECT_EQ(load_with({{"PIXELPIM_STATE", folder_ / "a"}})->state, folder_ / "a");
  Flags flags;
  flags.state = (folder_ / "b").string();
  EXPECT_EQ(load_with({{"PIXELPIM_STATE", folder_ / "a"}}, flags)->state, folder_ / "b");
  flags.state = "relative";
  EXPECT_EQ(load_with({}, flags)->state, fs::current_path() / "relative") << "whatever the folder is later";
  fs::create_directory(folder_ / "a");
  write("a/pixelpim.toml", "port = 7");
  EXPECT_EQ(load_with({{"PIXELPIM_STATE", folder_ / "a"}})->port, 7) << "the file in it is read";
}

TEST(ProcessEnvironment, takes_an_empty_variable_for_none) {
  ::setenv("PIXELPIM_TEST_VARIABLE", "", 1);
  EXPECT_EQ(process_environment()("PIXELPIM_TEST_VARIABLE"), std::nullopt);
  ::setenv("PIXELPIM_TEST_VARIABLE", " x ", 1);
  EXPECT_EQ(process_environment()("PIXELPIM_TEST_VARIABLE"), " x ");
  ::unsetenv("PIXELPIM_TEST_VARIABLE");
  EXPECT_EQ(process_environment()("PIXELPIM_TEST_VARIABLE"), std::nullopt);
}

using TokenSecret = Configuration;

TEST_F(TokenSecret, is_made_once_and_kept_for_this_user_alone) {
  Config config;
  config.state = folder_ / "not" / "there";
  const auto secret = token_secret(config);
  ASSERT_TRUE(secret) << secret.error().message;
  EXPECT_EQ(secret->size(), 96U);
  EXPECT_EQ(secret->find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(token_secret(config), *secret);
  struct stat status{};
  ASSERT_EQ(::stat((config.state / "secret").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_THAT(std::vector<fs::path>(fs::directory_iterator(config.state), {}), ElementsAre(config.state / "secret"))
      << "nothing else is left there";

  Config other = config;
  other.state = folder_ / "other";
  EXPECT_NE(token_secret(other), *secret);
}

// Two programs that start at once on one folder must accept each other's tokens.
TEST_F(TokenSecret, is_the_same_for_all_that_start_at_once) {
  Config config;
  config.state = folder_ / "shared";
  std::vector<std::string> secrets(8);
  {
    std::vector<std::jthread> threads;
    for (std::string& secret : secrets) threads.emplace_back([&] { secret = token_secret(config).value_or(""); });
  }
  EXPECT_EQ(secrets[0].size(), 96U);
  for (const std::string& secret : secrets) EXPECT_EQ(secret, secrets[0]);
}

TEST_F(TokenSecret, that_is_configured_is_taken_if_it_is_long_enough) {
  Config config;
  config.state = folder_;
  config.jwt_secret = std::string(32, 'x');
  EXPECT_EQ(token_secret(config), config.jwt_secret);
  config.jwt_secret.pop_back();
  const auto weak = token_secret(config);
  ASSERT_FALSE(weak);
  EXPECT_THAT(weak.error().message, HasSubstr("31 bytes"));
  EXPECT_THAT(weak.error().message, ::testing::Not(HasSubstr(config.jwt_secret))) << "the secret itself is not shown";
  config.allow_weak_secret = true;
  EXPECT_EQ(token_secret(config), config.jwt_secret);
  EXPECT_FALSE(fs::exists(folder_ / "secret")) << "none was made";
}

TEST_F(TokenSecret, that_was_cut_or_emptied_is_not_taken) {
  Config config;
  config.state = folder_;
  for (const std::string& kept : {std::string(), std::string("\n"), std::string(31, 'x'),
                                  std::string(31, 'x') + "\nmore", std::string("\n") + std::string(64, 'x')}) {
    write("secret", kept);
    const auto secret = token_secret(config);
    ASSERT_FALSE(secret) << kept;
    EXPECT_THAT(secret.error().message, HasSubstr((folder_ / "secret").string()));
  }
  write("secret", std::string(32, 'x') + "\n");
  EXPECT_EQ(token_secret(config), std::string(32, 'x'));
}

TEST_F(TokenSecret, needs_a_folder_that_can_be_written) {
  Config config;
  config.state = write("file", "") / "below";
  const auto secret = token_secret(config);
  ASSERT_FALSE(secret);
  EXPECT_THAT(secret.error().message, HasSubstr("can't be written"));
  EXPECT_NE(secret.error().remedy, "");
}

TEST(DatabaseUrl, is_kept_as_it_is_where_libpq_knows_it) {
  for (const char* url :
       {"postgresql://user:p%40ss@host:5432/database", "postgres://host",
        "postgresql:///db?host=/run/postgresql&user=x",
        "postgresql://[::1]:5432/db?sslmode=verify-full&sslrootcert=/a.pem", "postgres://h/d?connect_timeout=5"}) {
    const auto translated = libpq_url(url);
    ASSERT_TRUE(translated) << url;
    EXPECT_EQ(translated->url, url);
    EXPECT_THAT(translated->dropped, IsEmpty()) << url;
  }
}

TEST(DatabaseUrl, drops_what_was_for_the_replaced_services_driver) {
  const auto translated = libpq_url(
      "postgresql://u:p@h/"
      "d?schema=public&connection_limit=5&sslmode=require&pool_timeout=10&application_name=a%26b&pgbouncer=false");
  ASSERT_TRUE(translated);
  EXPECT_EQ(translated->url, "postgresql://u:p@h/d?sslmode=require&application_name=a%26b");
  EXPECT_THAT(translated->dropped, ElementsAre("connection_limit", "pool_timeout", "pgbouncer"));
}

TEST(DatabaseUrl, may_have_parameters_that_say_nothing) {
  for (const char* url :
       {"postgres://h/d?", "postgres://h/d?&", "postgres://h/d?&&schema=public&", "postgres://h/d?=x"}) {
    const auto translated = libpq_url(url);
    ASSERT_TRUE(translated) << url;
    EXPECT_EQ(translated->url, "postgres://h/d") << url;
    EXPECT_THAT(translated->dropped, IsEmpty()) << url;
  }
  EXPECT_EQ(libpq_url("postgres://h/d?&user=x&")->url, "postgres://h/d?user=x");
  EXPECT_EQ(libpq_url("postgres://h/d?options=-c%20a=b?c")->url, "postgres://h/d?options=-c%20a=b?c");
}

TEST(DatabaseUrl, refuses_a_pooler_that_parts_transactions) {
  for (const char* url : {"postgres://h/d?pgbouncer=true", "postgres://h/d?a=b&pgbouncer=true&c=d"}) {
    const auto translated = libpq_url(url);
    ASSERT_FALSE(translated) << url;
    EXPECT_THAT(translated.error().message, HasSubstr("pgbouncer=true"));
    EXPECT_NE(translated.error().remedy, "");
  }
}

TEST(DatabaseUrl, refuses_other_schemas) {
  for (const char* url : {"postgres://h/d?schema=shop", "postgres://h/d?schema=", "postgres://h/d?schema=Public"}) {
    EXPECT_FALSE(libpq_url(url)) << url;
  }
}

// The message is printed and logged; the password is not for that.
TEST(DatabaseUrl, is_a_url_of_postgresql_and_is_not_shown_when_it_is_none) {
  for (const char* url : {"", "h", "mysql://u:topsecret@h/d", "postgresql:/u:topsecret@h", " postgres://u:topsecret@h",
                          "host=h password=topsecret", "file:./dev.db", "postgres://u:topsecret@h/d?schema=shop",
                          "postgres://u:topsecret@h/d?pgbouncer=true"}) {
    const auto translated = libpq_url(url);
    ASSERT_FALSE(translated) << url;
    EXPECT_THAT(translated.error().message + translated.error().remedy, ::testing::Not(HasSubstr("topsecret"))) << url;
    EXPECT_NE(translated.error().remedy, "") << url;
  }
}

}  // namespace
}  // namespace pim::config
