package dev.alcada.examples.gateway;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.Map;

/** The headers that the command line gives to requests to the upstream. */
final class UpstreamHeaders {
  private UpstreamHeaders() {}

  /**
   * Returns them.
   *
   * @param given values by name
   * @param fromEnvironment names of variables by name
   * @param environment values of variables
   * @throws IllegalArgumentException if one cannot be set; the message does not have its value
   */
  static Map<String, String> of(
      Map<String, String> given,
      Map<String, String> fromEnvironment,
      Map<String, String> environment) {
    Map<String, String> headers = new LinkedHashMap<>(given);
    fromEnvironment.forEach(
        (name, variable) -> {
          String value = environment.get(variable);
          if (value == null) {
            throw new IllegalArgumentException(
                "--header-env: there is no environment variable " + variable);
          } else if (headers.put(name, value) != null) {
            throw new IllegalArgumentException("the header " + name + " is given twice");
          }
        });
    headers.forEach(UpstreamHeaders::check);
    return headers;
  }

  private static void check(String name, String value) {
    try {
      HttpRequest.newBuilder(URI.create("http://127.0.0.1/")).setHeader(name, value);
    } catch (IllegalArgumentException e) {
      boolean known = value.chars().noneMatch(c -> (c < ' ' && c != '\t') || c == 0x7f);
      throw new IllegalArgumentException(
          known
              ? "a header " + Quoted.of(name) + " cannot be set"
              : "the value of the header " + Quoted.of(name) + " is not one line of text");
    }
  }
}
