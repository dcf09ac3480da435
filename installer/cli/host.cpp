#include "host/host.h"

#include <memory>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/request.h"

namespace cudnn_install {

namespace {

struct HostOptions {
  OutputOptions output{};
  std::string root = "/";
};

std::string line(const std::string& name, const std::string& value) {
  return name + std::string(16 - name.size(), ' ') + (value.empty() ? "none" : printable(value)) + "\n";
}

std::string text_of(const std::optional<Version>& version, const std::string& otherwise) {
  return version ? version->text() : otherwise;
}

std::string libc_text(const Libc& libc) {
  switch (libc.kind) {
    case LibcKind::glibc:
      return "glibc " + text_of(libc.version, "of unknown version");
    case LibcKind::musl:
      return "musl " + text_of(libc.version, "of unknown version");
    case LibcKind::none:
      break;
  }
  return "";
}

std::string driver_text(const Driver& driver) {
  if (driver.installed && driver.loaded && *driver.installed != *driver.loaded) {
    return driver.installed->text() + " installed, " + driver.loaded->text() + " loaded: a restart is due";
  }
  if (driver.loaded) {
    return driver.loaded->text() + ", loaded";
  }
  return driver.installed ? driver.installed->text() + ", not loaded" : "";
}

std::string text_of(const Host& host) {
  const std::string os = host.os.pretty_name.empty() ? host.os.id + " " + host.os.version_id : host.os.pretty_name;
  std::string text = line("system", os) + line("machine", host.machine) + line("platform", host.platform) +
                     line("libc", libc_text(host.libc)) + line("package manager", host.package_manager) +
                     line("driver", driver_text(host.driver)) + line("libz.so.1", host.zlib ? "found" : "not found");
  for (const CudaToolkit& toolkit : host.toolkits) {
    const std::string where =
        toolkit.resolved.empty() || toolkit.resolved == toolkit.prefix ? "" : " -> " + toolkit.resolved;
    text += line("toolkit", "CUDA " + text_of(toolkit.version, "of unknown version") + " in " + toolkit.prefix + where);
  }
  return host.toolkits.empty() ? text + line("toolkit", "") : text;
}

Result<Outcome> run(const HostOptions& options) {
  const auto root = checked_root(options.root);
  if (!root) {
    return tl::unexpected(root.error());
  }
  const Host host = probed_host(*root);
  return Outcome{.text = text_of(host), .record = to_json(host), .fault = {}};
}

}  // namespace

Run add_host(Definition& definition) {
  auto options = std::make_shared<HostOptions>();
  definition.text({.names = "--root", .value = "DIR", .text = "Root of another system"}, options->root);
  add_output_options(definition, options->output);
  return [options](Context&) { return run(*options); };
}

}  // namespace cudnn_install
