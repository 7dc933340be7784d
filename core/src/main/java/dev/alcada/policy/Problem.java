package dev.alcada.policy;

import org.jspecify.annotations.Nullable;

/**
 * Something in a policy document that keeps it from loading.
 *
 * @param pointer where in the document, as a JSON Pointer (RFC 6901); empty for the whole document
 * @param line the line in the document's text, from 1; 0 where there is no text
 * @param column the column in that line, from 1; 0 where there is no text
 * @param found what the document has there
 * @param expected what it could have there
 * @param suggestion the likely fix, or {@code null} if none is likely
 */
public record Problem(
    String pointer,
    int line,
    int column,
    String found,
    String expected,
    @Nullable String suggestion) {

  /** {@return what was found, what was expected and the likely fix, without the place} */
  public String message() {
    String message = "found " + found + ", expected " + expected;
    return suggestion == null ? message : message + "; " + suggestion;
  }

  /** {@return place and message, for people} */
  @Override
  public String toString() {
    return Place.describe(pointer, line, column) + ": " + message();
  }
}
