package dev.alcada.examples.gateway;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The headers that the command line gives to requests to the upstream. */
final class UpstreamHeaders {
  private UpstreamHeaders() {}

  /**
   * Returns them.
   *
   * @param given each as NAME=VALUE
   * @param fromEnvironment each as NAME=VARIABLE
   * @param environment values of variables
   * @throws IllegalArgumentException if one cannot be set; the message does not have its value
   */
  static Map<String, String> of(
      List<String> given, List<String> fromEnvironment, Map<String, String> environment) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String header : given) {
      add(headers, name(header, "--header takes NAME=VALUE."), afterName(header));
    }
    for (String header : fromEnvironment) {
      String name = name(header, "--header-env takes NAME=VARIABLE.");
      add(headers, name, value(afterName(header), environment));
    }
    headers.forEach(UpstreamHeaders::check);
    return headers;
  }

  private static String name(String header, String mend) {
    int end = header.indexOf('=');
    if (end < 0) {
      throw new IllegalArgumentException(mend);
    }
    return header.substring(0, end);
  }

  private static String afterName(String header) {
    return header.substring(header.indexOf('=') + 1);
  }

  /** One that is empty is most likely a secret that was not there. */
  private static String value(String variable, Map<String, String> environment) {
    String value = environment.get(variable);
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException(
          "--header-env: "
              + (value == null ? "there is no environment variable " : "nothing is in ")
              + Quoted.line(variable));
    }
    return value;
  }

  private static void add(Map<String, String> headers, String name, String value) {
    if (headers.put(name, value) != null) {
      throw new IllegalArgumentException("the header " + Quoted.of(name) + " is given twice");
    }
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
