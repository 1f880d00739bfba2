// The settings of an installation: defaults < pixelpim.toml < environment < flags.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/problem.hpp"
#include "config/s3.hpp"
#include "config/smtp.hpp"

namespace pim::config {

struct Config {
  std::filesystem::path state;                   // PIXELPIM_STATE, --state
  std::string database_url;                      // DATABASE_URL; empty: our own PostgreSQL in the state folder
  std::string listen = "0.0.0.0";                // on all interfaces, as the replaced service does
  std::uint16_t port = 3000;                     // PORT, --port
  int threads = 0;                               // worker threads; 0: one for each processor
  std::string jwt_secret;                        // JWT_SECRET; empty: one of our own, kept in the state folder
  std::chrono::seconds jwt_lifetime{24 * 3600};  // JWT_EXPIRES_IN
  bool allow_weak_secret = false;
  int attempts_per_account = 10;               // at log-in and codes, within 15 minutes
  int attempts_per_address = 300;              // from one address
  std::string trusted_proxies;                 // TRUSTED_PROXIES: addresses whose X-Forwarded-For is believed
  SmtpServer smtp;                             // SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASS, SMTP_FROM, SMTP_SECURITY
  std::string cors_origin = "*";               // CORS_ORIGIN
  std::string log_level = "info";              // LOG_LEVEL: debug, info, warn or error
  int slow_statement_ms = 1000;                // SLOW_STATEMENT_MS: one that takes that long is in the log by its name
  int retention_days = 30;                     // RETENTION_DAYS: how long the trash keeps things
  int brake_rows = 1000;                       // BRAKE_ROWS: how many rows may go to a tenant's trash in an hour,
  int brake_percent = 5;                       // BRAKE_PERCENT: or this share of its products, where that is more
  std::string time_zone = "UTC";               // PIXELPIM_TIME_ZONE: in which the schedules below are, "Europe/Berlin"
  std::string cleanup_schedule = "0 2 * * *";  // CLEANUP_SCHEDULE: when the trash is cleaned; "off": by hand only
  std::string retention_mail_schedule = "0 8 * * mon";  // RETENTION_MAIL_SCHEDULE: when owners are told; or "off"
  std::string public_url;                               // PUBLIC_URL: the address of the service, for links in mails
  std::string alert_mail;                               // ALERT_MAIL: who is told of alerts; commas between addresses
  std::string alert_webhook;                            // ALERT_WEBHOOK: an address that alerts are posted to
  std::string team_mail;                          // TEAM_MAIL: who is told of deployments; commas between addresses
  std::string team_webhook;                       // TEAM_WEBHOOK: the address of the team's chat
  std::string contact;                            // CONTACT: whom the team asks about a deployment
  std::string support_email;                      // SUPPORT_EMAIL: whom users ask
  std::string metrics_token;                      // METRICS_TOKEN: opens /metrics from elsewhere than this machine
  std::uint64_t storage_bytes = 0;                // STORAGE_BYTES: what a remote database may fill; 0: not known
  std::uint64_t import_bytes_max = 200ull << 20;  // of one imported file
  std::filesystem::path assets_folder;            // PIXELPIM_ASSETS; empty: <state>/assets
  std::string assets_store = "folder";            // ASSETS_STORE: where new files go: "folder" or "s3"
  S3Store s3;                                     // S3_BUCKET, S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY_ID, …
  std::filesystem::path uploads_folder;           // UPLOADS_FOLDER: where an adopted installation has its files
  std::filesystem::path backups_folder;           // PIXELPIM_BACKUPS; empty: <state>/backups
  std::uint64_t asset_bytes_max = 100ull << 20;   // of one uploaded file
  std::chrono::seconds asset_url_lifetime{24 * 3600};
  std::string fetch_allowed_hosts;  // host:port, with commas between them, that files may be fetched from though inside
};

// What the command line says; empty fields say nothing.
struct Flags {
  std::optional<std::string> state, file, listen;
  std::optional<int> port;
};

// Reads an environment variable; nullopt where it is not set or empty.
using Environment = std::function<std::optional<std::string>(const char* name)>;
Environment process_environment();

// The Problem names where a wrong value comes from, what is wrong with it, and what to write instead.
Result<Config> load(const Flags& flags, const Environment& environment);

// The secret that signs tokens: the configured one, if it is strong enough, else the one kept in the state
// folder, made when it is not there yet.
Result<std::string> token_secret(const Config& config);

}  // namespace pim::config
