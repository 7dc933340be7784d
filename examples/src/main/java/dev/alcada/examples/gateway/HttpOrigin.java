package dev.alcada.examples.gateway;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Where a request says that it comes from, and goes to. */
final class HttpOrigin {
  private static final Set<String> HERE = Set.of("127.0.0.1", "localhost");

  private HttpOrigin() {}

  /**
   * {@return whether it was meant for here: the name of another may have been made to point here}
   */
  static boolean isHere(HttpServletRequest request) {
    List<String> hosts = Collections.list(request.getHeaders("Host"));
    return hosts.size() == 1 && HERE.contains(name(hosts.get(0)));
  }

  private static String name(String host) {
    int colon = host.lastIndexOf(':');
    boolean port = colon >= 0 && host.substring(colon + 1).chars().allMatch(Character::isDigit);
    return (port ? host.substring(0, colon) : host).toLowerCase(Locale.ROOT);
  }

  /** {@return whether it comes from no web page, or from one of this very server} */
  static boolean isOwn(HttpServletRequest request) {
    List<String> origins = Collections.list(request.getHeaders("Origin"));
    return origins.stream()
        .allMatch(
            origin ->
                HERE.stream()
                    .anyMatch(
                        name -> origin.equals("http://" + name + ":" + request.getLocalPort())));
  }
}
