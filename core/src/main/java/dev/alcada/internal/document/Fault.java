package dev.alcada.internal.document;

import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong with a document.
 *
 * @param pointer where, as a JSON Pointer (RFC 6901); empty for the whole document
 * @param line the line in the text, from 1; 0 where there is no text
 * @param column the column in that line, from 1; 0 where there is no text
 * @param found what the document has there
 * @param expected what it could have there
 * @param suggestion the likely fix, or {@code null} if none is likely
 */
public record Fault(
    String pointer,
    int line,
    int column,
    String found,
    String expected,
    @Nullable String suggestion) {

  /** {@return what was found, what was expected and the likely fix, without the place} */
  public static String message(String found, String expected, @Nullable String suggestion) {
    String message = "found " + found + ", expected " + expected;
    return suggestion == null ? message : message + "; " + suggestion;
  }
}
