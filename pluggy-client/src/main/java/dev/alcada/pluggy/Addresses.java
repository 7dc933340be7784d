package dev.alcada.pluggy;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses may be sent to, and which may be given to Pluggy. Each check returns what is
 * wrong as the end of a sentence, never the address itself, or {@code null}.
 */
final class Addresses {
  private static final int HTTPS_PORT = 443;
  private static final int MAX_LENGTH = 2_048;

  /** Schemes that browsers and systems act upon themselves; none is an app's own. */
  private static final Set<String> SYSTEM_SCHEMES =
      Set.of(
          "about",
          "blob",
          "chrome",
          "chrome-extension",
          "content",
          "data",
          "edge",
          "file",
          "filesystem",
          "ftp",
          "ftps",
          "gopher",
          "intent",
          "jar",
          "javascript",
          "ldap",
          "ldaps",
          "livescript",
          "mailto",
          "moz-extension",
          "ms-settings",
          "nfs",
          "res",
          "resource",
          "search-ms",
          "sftp",
          "shell",
          "smb",
          "sms",
          "ssh",
          "tel",
          "telnet",
          "vbscript",
          "view-source",
          "ws",
          "wss");

  private Addresses() {}

  /** Checks an address that this client is to send to: HTTPS, or HTTP to the loopback interface. */
  static @Nullable String problemOfBase(String url) {
    URI uri = parsed(url);
    String scheme = uri == null ? "" : scheme(uri);
    String host = uri == null ? null : uri.getHost();
    if (uri == null || host == null || !(scheme.equals("https") || scheme.equals("http"))) {
      return "must be an absolute HTTPS URL with a host";
    }
    if (scheme.equals("http") && !Hosts.isLoopback(host)) {
      return "must be HTTPS; plain HTTP is for the loopback interface only";
    }
    return problemOfParts(uri);
  }

  /** Checks an address that Pluggy is to send events to. */
  static @Nullable String problemOfWebhook(String url) {
    URI uri = parsed(url);
    String scheme = uri == null ? "" : scheme(uri);
    if (scheme.equals("http")) {
      return "must be HTTPS";
    }
    if (uri == null || !scheme.equals("https") || uri.getRawAuthority() == null) {
      return "must be an absolute HTTPS URL, such as https://shop.example/hooks, in ASCII";
    }
    String problem = problemOfParts(uri);
    if (problem != null) {
      return problem;
    }
    String host = uri.getHost();
    if (host == null || !Hosts.isPublicName(host)) {
      return "must have a public domain name: no IP address, no localhost, no internal name";
    }
    return uri.getPort() == -1 || uri.getPort() == HTTPS_PORT
        ? null
        : "must be on port " + HTTPS_PORT + ", the only one that Pluggy sends to";
  }

  /**
   * Returns an address that Pluggy is to send events to, if it is one.
   *
   * @param name what it is called, for the message
   * @throws IllegalArgumentException if Pluggy would not send to it
   */
  static String checkedWebhook(String name, String url) {
    return checked(name, url, problemOfWebhook(url));
  }

  /**
   * Returns an address that a user returns to, if it is one.
   *
   * @param name what it is called, for the message
   * @throws IllegalArgumentException if Pluggy would not take it
   */
  static String checkedRedirect(String name, String url) {
    return checked(name, url, problemOfRedirect(url));
  }

  private static String checked(String name, String url, @Nullable String problem) {
    if (url.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(name + " must have at most " + MAX_LENGTH + " characters");
    }
    if (problem != null) {
      throw new IllegalArgumentException(name + " " + problem);
    }
    return url;
  }

  /** Checks an address that a user's browser or phone is to return to. */
  static @Nullable String problemOfRedirect(String url) {
    URI uri = parsed(url);
    String scheme = uri == null ? "" : scheme(uri);
    if (uri == null || scheme.isEmpty() || (scheme.equals("https") && uri.getHost() == null)) {
      return "must be an absolute HTTPS URL or an app's deep link, such as myapp://connected, in"
          + " ASCII";
    }
    if (Hosts.meansThisMachine(host(uri))) {
      return "must not be localhost or 127.0.0.1, in no spelling: use a public HTTPS URL or an"
          + " app's deep link";
    }
    if (scheme.equals("http")) {
      return "must be HTTPS or an app's deep link";
    }
    if (uri.isOpaque() || SYSTEM_SCHEMES.contains(scheme)) {
      return "must be HTTPS or a deep link in an app's own scheme, such as myapp://connected";
    }
    return problemOfParts(uri);
  }

  private static @Nullable URI parsed(String url) {
    if (url.chars().anyMatch(c -> c <= 0x20 || c >= 0x7f)) {
      return null;
    }
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      return null;
    }
  }

  private static String scheme(URI uri) {
    return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
  }

  private static @Nullable String problemOfParts(URI uri) {
    String authority = uri.getRawAuthority();
    if (authority != null && authority.indexOf('@') >= 0) {
      return "must not have a user name or password before the host";
    }
    if (uri.getRawFragment() != null) {
      return "must not have a fragment";
    }
    return uri.getPort() == 0 || uri.getPort() > 65_535 ? "has a port out of range" : null;
  }

  /** Returns the host, also of an app's link whose authority need not be one; empty if none. */
  private static String host(URI uri) {
    String authority = uri.getRawAuthority();
    if (authority == null) {
      return "";
    }
    String plain = unescaped(authority);
    String host = plain.substring(plain.lastIndexOf('@') + 1);
    int port = host.lastIndexOf(':');
    return port > host.lastIndexOf(']') ? host.substring(0, port) : host;
  }

  private static String unescaped(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      // URI has seen to it that two hexadecimal digits follow
      boolean escape = text.charAt(i) == '%' && i + 2 < text.length();
      plain.append(
          escape ? (char) Integer.parseInt(text.substring(i + 1, i + 3), 16) : text.charAt(i));
      i += escape ? 2 : 0;
    }
    return plain.toString();
  }
}
