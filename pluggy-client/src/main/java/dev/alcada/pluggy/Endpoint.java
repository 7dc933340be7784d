package dev.alcada.pluggy;

/** What is asked of Pluggy, and where its answer is. */
enum Endpoint {
  AUTH("auth", "apiKey"),
  CONNECT_TOKEN("connect_token", "accessToken");

  private final String segment;
  private final String field;

  Endpoint(String segment, String field) {
    this.segment = segment;
    this.field = field;
  }

  String segment() {
    return segment;
  }

  String path() {
    return "/" + segment;
  }

  /** {@return the member of the answer that holds what was asked for} */
  String field() {
    return field;
  }
}
