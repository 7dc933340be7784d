package dev.alcada.internal.value;

/** The spelling of JSON Pointers, RFC 6901. */
public final class JsonPointer {
  private JsonPointer() {}

  /** {@return a name as a step of a pointer, with its escapes} */
  public static String escaped(String name) {
    return name.indexOf('~') < 0 && name.indexOf('/') < 0
        ? name
        : name.replace("~", "~0").replace("/", "~1");
  }
}
