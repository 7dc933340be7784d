package dev.alcada.pluggy;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which addresses are safe to send something to, or to have something sent to. */
final class Addresses {
  private static final Pattern IPV4_LOOPBACK = Pattern.compile("127(?:\\.[0-9]{1,3}){3}");

  private Addresses() {}

  /**
   * Returns whether a host is this machine, by its name alone: nothing is looked up.
   *
   * @param host a host without port; IPv6 with or without brackets
   */
  static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost")
        || IPV4_LOOPBACK.matcher(host).matches()
        || host.equals("::1")
        || host.equals("[::1]");
  }

  /**
   * Returns what keeps a text from being an absolute HTTPS URL (or HTTP to the loopback interface),
   * as the end of a sentence; {@code null} if it is one.
   */
  static @Nullable String problemOf(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      return "must be an absolute HTTPS URL";
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    String host = uri.getHost();
    if (host == null || !(scheme.equals("https") || scheme.equals("http"))) {
      return "must be an absolute HTTPS URL with a host";
    }
    if (scheme.equals("http") && !isLoopback(host)) {
      return "must be HTTPS; plain HTTP is for the loopback interface only";
    }
    if (uri.getRawUserInfo() != null) {
      return "must not have a user name or password before the host";
    }
    if (uri.getRawFragment() != null) {
      return "must not have a fragment";
    }
    return uri.getPort() == 0 || uri.getPort() > 65_535 ? "has a port out of range" : null;
  }
}
