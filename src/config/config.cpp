#include "config/config.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "base/schedule.hpp"

namespace pim::config {
namespace {

namespace fs = std::filesystem;

// A value, and where it comes from, for the error.
struct Given {
  std::string text;
  std::string origin;  // "PORT in the environment", "port in /etc/pixelpim.toml"
};

std::unexpected<Problem> wrong(const Given& given, std::string_view expected) {
  return failure(fmt::format("{} is \"{}\", which is not {}.", given.origin, given.text, expected),
                 "Correct the value, or leave it out to have the default.");
}

Result<std::int64_t> whole_number(const Given& given, std::int64_t min, std::int64_t max) {
  std::int64_t number = 0;
  const char* const end = given.text.data() + given.text.size();
  const auto [stop, error] = std::from_chars(given.text.data(), end, number);
  if (error != std::errc{} || stop != end || number < min || number > max) {
    return wrong(given, fmt::format("a whole number from {} to {}", min, max));
  }
  return number;
}

// "24h", "30m", "45s", "7d", or seconds.
Result<std::chrono::seconds> duration(const Given& given) {
  Given digits = given;
  std::int64_t unit = 1;
  if (!digits.text.empty()) {
    const char last = digits.text.back();
    unit = last == 'd' ? 86'400 : last == 'h' ? 3'600 : last == 'm' ? 60 : 1;
    if (last == 'd' || last == 'h' || last == 'm' || last == 's') digits.text.pop_back();
  }
  constexpr std::int64_t seconds_max = 315'360'000;  // ten years
  const auto number = whole_number(digits, 1, seconds_max / unit);
  if (!number) return wrong(given, "a time of at most ten years, such as 24h, 30m or 3600");
  return std::chrono::seconds{*number * unit};
}

using Set = Result<void> (*)(Config&, const Given&);

template <auto member>
Result<void> set_text(Config& config, const Given& given) {
  config.*member = given.text;
  return {};
}

template <auto member, std::int64_t min, std::int64_t max>
Result<void> set_number(Config& config, const Given& given) {
  const auto number = whole_number(given, min, max);
  if (!number) return std::unexpected(number.error());
  using Number = std::remove_reference_t<decltype(config.*member)>;
  config.*member = static_cast<Number>(*number);
  return {};
}

template <auto member>
Result<void> set_time(Config& config, const Given& given) {
  const auto time = duration(given);
  if (!time) return std::unexpected(time.error());
  config.*member = *time;
  return {};
}

template <auto member>
Result<void> set_folder(Config& config, const Given& given) {
  config.*member = fs::absolute(given.text).lexically_normal();
  return {};
}

Result<void> set_weak_secret(Config& config, const Given& given) {
  if (given.text != "true" && given.text != "false") return wrong(given, "true or false");
  config.allow_weak_secret = given.text == "true";
  return {};
}

Result<void> set_log_level(Config& config, const Given& given) {
  constexpr std::array<std::string_view, 4> levels{"debug", "info", "warn", "error"};
  if (std::ranges::find(levels, given.text) == levels.end()) return wrong(given, "debug, info, warn or error");
  config.log_level = given.text;
  return {};
}

template <auto member>
Result<void> set_schedule(Config& config, const Given& given) {
  if (given.text != "off") {
    if (const auto schedule = Schedule::parse(given.text); !schedule) {
      return failure(fmt::format("{}: {}", given.origin, schedule.error().message), schedule.error().remedy);
    }
  }
  config.*member = given.text;
  return {};
}

template <auto member>
Result<void> set_url(Config& config, const Given& given) {
  if (!given.text.starts_with("http://") && !given.text.starts_with("https://")) {
    return wrong(given, "an address that begins with https:// or http://");
  }
  config.*member = given.text;
  return {};
}

template <auto member>
Result<void> set_smtp(Config& config, const Given& given) {
  config.smtp.*member = given.text;
  return {};
}

Result<void> set_smtp_port(Config& config, const Given& given) {
  const auto number = whole_number(given, 1, 65535);
  if (!number) return std::unexpected(number.error());
  config.smtp.port = static_cast<std::uint16_t>(*number);
  return {};
}

Result<void> set_smtp_security(Config& config, const Given& given) {
  constexpr std::array<std::string_view, 3> kinds{"starttls", "tls", "none"};
  if (std::ranges::find(kinds, given.text) == kinds.end()) return wrong(given, "starttls, tls or none");
  config.smtp.security = given.text;
  return {};
}

template <auto member>
Result<void> set_s3(Config& config, const Given& given) {
  config.s3.*member = given.text;
  return {};
}

Result<void> set_s3_endpoint(Config& config, const Given& given) {
  if (!given.text.starts_with("https://") && !given.text.starts_with("http://")) {
    return wrong(given, "an address such as https://minio.example:9000");
  }
  config.s3.endpoint = given.text.substr(0, given.text.find_last_not_of('/') + 1);
  return {};
}

Result<void> set_s3_path_style(Config& config, const Given& given) {
  if (given.text != "true" && given.text != "false") return wrong(given, "true or false");
  config.s3.path_style = given.text == "true";
  return {};
}

// What S3 takes: a week at most.
Result<void> set_s3_redirect_lifetime(Config& config, const Given& given) {
  const auto time = duration(given);
  if (!time) return std::unexpected(time.error());
  if (*time > std::chrono::days{7}) return wrong(given, "a time of at most 7d");
  config.s3.redirect_lifetime = *time;
  return {};
}

Result<void> set_assets_store(Config& config, const Given& given) {
  if (given.text != "folder" && given.text != "s3") return wrong(given, "folder or s3");
  config.assets_store = given.text;
  return {};
}

struct Setting {
  const char* key;          // in pixelpim.toml
  const char* environment;  // null: none
  Set set;
};

constexpr auto settings = std::to_array<Setting>({
    {"database_url", "DATABASE_URL", set_text<&Config::database_url>},
    {"listen", "LISTEN_ADDRESS", set_text<&Config::listen>},
    {"port", "PORT", set_number<&Config::port, 1, 65535>},
    {"threads", "PIXELPIM_THREADS", set_number<&Config::threads, 1, 256>},
    {"jwt_secret", "JWT_SECRET", set_text<&Config::jwt_secret>},
    {"jwt_expires_in", "JWT_EXPIRES_IN", set_time<&Config::jwt_lifetime>},
    {"allow_weak_secret", nullptr, set_weak_secret},
    {"attempts_per_account", nullptr, set_number<&Config::attempts_per_account, 1, 1'000'000>},
    {"attempts_per_address", nullptr, set_number<&Config::attempts_per_address, 1, 1'000'000>},
    {"trusted_proxies", "TRUSTED_PROXIES", set_text<&Config::trusted_proxies>},
    {"smtp_host", "SMTP_HOST", set_smtp<&SmtpServer::host>},
    {"smtp_port", "SMTP_PORT", set_smtp_port},
    {"smtp_user", "SMTP_USER", set_smtp<&SmtpServer::user>},
    {"smtp_pass", "SMTP_PASS", set_smtp<&SmtpServer::password>},
    {"smtp_from", "SMTP_FROM", set_smtp<&SmtpServer::from>},
    {"smtp_ca_file", "SMTP_CA_FILE", set_smtp<&SmtpServer::ca_file>},
    {"smtp_security", "SMTP_SECURITY", set_smtp_security},
    {"cors_origin", "CORS_ORIGIN", set_text<&Config::cors_origin>},
    {"log_level", "LOG_LEVEL", set_log_level},
    {"slow_statement_ms", "SLOW_STATEMENT_MS", set_number<&Config::slow_statement_ms, 1, 3'600'000>},
    {"retention_days", "RETENTION_DAYS", set_number<&Config::retention_days, 1, 36500>},
    {"brake_rows", "BRAKE_ROWS", set_number<&Config::brake_rows, 1, 1'000'000'000>},
    {"brake_percent", "BRAKE_PERCENT", set_number<&Config::brake_percent, 0, 100>},
    {"time_zone", "PIXELPIM_TIME_ZONE", set_text<&Config::time_zone>},
    {"cleanup_schedule", "CLEANUP_SCHEDULE", set_schedule<&Config::cleanup_schedule>},
    {"retention_mail_schedule", "RETENTION_MAIL_SCHEDULE", set_schedule<&Config::retention_mail_schedule>},
    {"public_url", "PUBLIC_URL", set_url<&Config::public_url>},
    {"alert_mail", "ALERT_MAIL", set_text<&Config::alert_mail>},
    {"alert_webhook", "ALERT_WEBHOOK", set_url<&Config::alert_webhook>},
    {"team_mail", "TEAM_MAIL", set_text<&Config::team_mail>},
    {"team_webhook", "TEAM_WEBHOOK", set_url<&Config::team_webhook>},
    {"contact", "CONTACT", set_text<&Config::contact>},
    {"support_email", "SUPPORT_EMAIL", set_text<&Config::support_email>},
    {"metrics_token", "METRICS_TOKEN", set_text<&Config::metrics_token>},
    {"storage_bytes", "STORAGE_BYTES", set_number<&Config::storage_bytes, 1, (1ll << 60)>},
    {"import_bytes_max", nullptr, set_number<&Config::import_bytes_max, 1, (1ll << 40)>},
    {"assets_folder", "PIXELPIM_ASSETS", set_folder<&Config::assets_folder>},
    {"assets_store", "ASSETS_STORE", set_assets_store},
    {"s3_bucket", "S3_BUCKET", set_s3<&S3Store::bucket>},
    {"s3_endpoint", "S3_ENDPOINT", set_s3_endpoint},
    {"s3_region", "S3_REGION", set_s3<&S3Store::region>},
    {"s3_prefix", "S3_PREFIX", set_s3<&S3Store::prefix>},
    {"s3_access_key_id", "S3_ACCESS_KEY_ID", set_s3<&S3Store::access_key>},
    {"s3_secret_access_key", "S3_SECRET_ACCESS_KEY", set_s3<&S3Store::secret_key>},
    {"s3_path_style", "S3_PATH_STYLE", set_s3_path_style},
    {"s3_redirect_lifetime", "S3_REDIRECT_LIFETIME", set_s3_redirect_lifetime},
    {"uploads_folder", "UPLOADS_FOLDER", set_folder<&Config::uploads_folder>},
    {"backups_folder", "PIXELPIM_BACKUPS", set_folder<&Config::backups_folder>},
    {"asset_bytes_max", "ASSET_BYTES_MAX", set_number<&Config::asset_bytes_max, 1, (1ll << 40)>},
    {"asset_url_lifetime", nullptr, set_time<&Config::asset_url_lifetime>},
    {"fetch_allowed_hosts", nullptr, set_text<&Config::fetch_allowed_hosts>},
});

// How many single letters differ: to name the key that was meant.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, change}));
    }
  }
  return row.back();
}

std::unexpected<Problem> unknown_key(std::string_view key, const fs::path& file) {
  const auto nearest =
      std::ranges::min_element(settings, {}, [&](const Setting& setting) { return distance(setting.key, key); });
  return failure(fmt::format("{} has the key \"{}\", which is not known.", file.string(), key),
                 fmt::format("Did you mean \"{}\"?", nearest->key));
}

Result<void> read_file(Config& config, const fs::path& file) {
  try {
    const toml::table table = toml::parse_file(file.string());
    for (const auto& [key, value] : table) {
      const auto setting =
          std::ranges::find(settings, key.str(), [](const Setting& s) { return std::string_view(s.key); });
      if (setting == settings.end()) return unknown_key(key.str(), file);
      Given given{.text = {}, .origin = fmt::format("{} in {}", key.str(), file.string())};
      if (const auto text = value.value<std::string>()) {
        given.text = *text;
      } else if (const auto flag = value.value_exact<bool>()) {
        given.text = *flag ? "true" : "false";
      } else if (const auto number = value.value<std::int64_t>()) {
        given.text = fmt::format("{}", *number);
      } else {
        return failure(given.origin + " is neither a text nor a number nor true or false.", "Correct the value.");
      }
      if (auto set = setting->set(config, given); !set) return set;
    }
  } catch (const toml::parse_error& error) {
    return failure(fmt::format("{} line {}: {}.", file.string(), error.source().begin.line, error.description()),
                   "Correct the file; its form is TOML.");
  }
  return {};
}

fs::path default_state(const Environment& environment) {
  if (geteuid() == 0) return "/var/lib/pixelpim";
  if (const auto base = environment("XDG_STATE_HOME")) return fs::path(*base) / "pixelpim";
  return fs::path(environment("HOME").value_or("/tmp")) / ".local" / "state" / "pixelpim";
}

}  // namespace

Environment process_environment() {
  return [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

Result<Config> load(const Flags& flags, const Environment& environment) {
  Config config;
  const auto named_state = flags.state ? flags.state : environment("PIXELPIM_STATE");
  config.state = fs::absolute(named_state ? fs::path(*named_state) : default_state(environment));

  const auto named_file = flags.file ? flags.file : environment("PIXELPIM_CONFIG");
  const fs::path file = named_file ? fs::path(*named_file) : config.state / "pixelpim.toml";
  std::error_code ignored;
  if (fs::is_directory(file, ignored)) {
    return failure(fmt::format("The configuration {} is a folder.", file.string()), "Name the file in it.");
  }
  if (fs::exists(file, ignored)) {
    if (auto read = read_file(config, file); !read) return std::unexpected(std::move(read).error());
  } else if (named_file) {
    return failure(fmt::format("The configuration {} is not there.", file.string()),
                   "Correct --config or PIXELPIM_CONFIG.");
  }
  for (const Setting& setting : settings) {
    const auto text = setting.environment == nullptr ? std::nullopt : environment(setting.environment);
    if (!text) continue;
    const Given given{*text, fmt::format("{} in the environment", setting.environment)};
    if (auto set = setting.set(config, given); !set) return std::unexpected(std::move(set).error());
  }
  if (!config.smtp.host.empty() && config.smtp.from.empty()) {
    return failure("smtp_host is set, and smtp_from is not.",
                   "Say who mails come from: smtp_from = \"PixelPim <no-reply@example.com>\", or SMTP_FROM.");
  }
  if (config.assets_store == "s3" && config.s3.bucket.empty()) {
    return failure("assets_store is s3, and s3_bucket is not set.", "Name the bucket: s3_bucket, or S3_BUCKET.");
  }
  if (!config.s3.bucket.empty() && (config.s3.access_key.empty() || config.s3.secret_key.empty())) {
    return failure("s3_bucket is set, and the key to it is not.",
                   "Set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, or s3_access_key_id and s3_secret_access_key.");
  }
  while (config.public_url.ends_with('/')) config.public_url.pop_back();  // paths follow
  if (config.assets_folder.empty()) config.assets_folder = config.state / "assets";
  if (config.backups_folder.empty()) config.backups_folder = config.state / "backups";
  if (flags.listen) config.listen = *flags.listen;
  if (flags.port) config.port = static_cast<std::uint16_t>(*flags.port);
  return config;
}

}  // namespace pim::config
