#include "demo/configuration.h"

#include "base/text.h"
#include "demo/people.h"
#include "demo/stage.h"

namespace pforte::demo {

namespace {

// A TOML basic string.
std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (char letter : text) {
    if (letter == '"' || letter == '\\') out += '\\';
    out += letter;
  }
  return out + '"';
}

std::string listener_blocks(std::string_view ip) {
  std::string text = cat("\n[[listener]]\naddress = \"", ip, ':', kTlsPort, "\"\n");
  return text + cat("\n[[listener]]\naddress = \"", ip, ':', kPlainPort, "\"\nredirect_to_https = true\n");
}

std::string kerberos_block(const RealmFiles& realms) {
  std::string text = cat("\n[kerberos]\nconfig = ", toml_string(realms.config), "\n");
  text += cat("login_fallback_realms = [\"", kAlpha, "\"]\n[kerberos.keytabs]\n");
  for (std::string_view host : {"localhost", "app.localhost"})
    text += cat("\"HTTP/", host, '@', kAlpha, "\" = ", toml_string(realms.alpha_keytab), "\n");
  return text + cat("\"HTTP/beta.localhost@", kBeta, "\" = ", toml_string(realms.beta_keytab), "\n");
}

std::string ldap_block(const DirectoryAccess& directory, const Papers& papers) {
  std::string text =
      cat("\n[ldap]\nservers = [", toml_string(directory.url), "]\ntrust = ", toml_string(papers.authority));
  text += cat("\nbase = ", toml_string(directory.base), "\nuser_filter = \"(uid={login})\"\nbind_dn = ");
  text += cat(toml_string(directory.bind_dn), "\nbind_password_file = ", toml_string(directory.password_file));
  return text + cat("\ngroup_base = ", toml_string(directory.base), "\ngroup_filter = \"(member={dn})\"\n");
}

std::string sign_in_block(const Stage& stage) {
  std::string text = "\n[sign_in]\nproviders = [";
  if (stage.realms) text += "\"kerberos\", ";
  if (stage.directory) text += "\"ldap\", ";
  text += "\"database\"]\n[sign_in.brand]\nname = \"Demo\"\n";
  text += "notice_en = \"The accounts and their passwords are where the demo was started.\"\n";
  return text + "notice_de = \"Konten und Passwörter stehen dort, wo die Demo gestartet wurde.\"\n";
}

}  // namespace

std::vector<net::Address> demo_addresses() {
  std::vector<net::Address> all;
  for (std::string_view ip : {"127.0.0.1", "::1"}) {
    for (std::uint16_t port : {kTlsPort, kPlainPort}) all.push_back(net::parse_ip(ip, port).value());
  }
  all.push_back(net::parse_ip("127.0.0.1", kAdminPort).value());
  return all;
}

std::string demo_configuration(const Stage& stage) {
  std::string text = cat("state_dir = ", toml_string(stage.folder + "/state"), "\n");
  text += listener_blocks("127.0.0.1");
  if (stage.has_ipv6) text += listener_blocks("[::1]");
  text += cat("\n[admin]\naddress = \"127.0.0.1:", kAdminPort, "\"\n");
  if (stage.realms) text += kerberos_block(*stage.realms);
  if (stage.directory) text += ldap_block(*stage.directory, stage.papers);
  text += sign_in_block(stage);
  text += cat("\n[[backend]]\nname = \"demo\"\nservers = [\"http://127.0.0.1:", stage.application_port, "\"]\n");
  text += "health = { path = \"/health\", every = \"5s\" }\npath_profile = \"tomcat\"\n";
  text += "\n[[site]]\nhosts = [\"localhost\", \"app.localhost\", \"beta.localhost\"]\n";
  text += cat("certificate = { chain = ", toml_string(stage.papers.chain), ", key = ", toml_string(stage.papers.key),
              " }\n");
  text += "backend = \"demo\"\nallow = [\"/webclient\"]\nsign_in = \"required\"\n";
  text += cat("[[site.rule]]\npath = \"/webclient/admin\"\ngroups = [\"", kAdmins, "\"]\n");
  return text + "[[site.rule]]\npath = \"/rest\"\nsign_in = \"token\"\n";
}

}  // namespace pforte::demo
