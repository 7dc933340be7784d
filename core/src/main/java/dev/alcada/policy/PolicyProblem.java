package dev.alcada.policy;

import dev.alcada.internal.document.Fault;
import dev.alcada.internal.document.Place;
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
public record PolicyProblem(
    String pointer,
    int line,
    int column,
    String found,
    String expected,
    @Nullable String suggestion) {

  static PolicyProblem of(Fault fault) {
    return new PolicyProblem(
        fault.pointer(),
        fault.line(),
        fault.column(),
        fault.found(),
        fault.expected(),
        fault.suggestion());
  }

  /** {@return what was found, what was expected and the likely fix, without the place} */
  public String message() {
    return Fault.message(found, expected, suggestion);
  }

  /** {@return place and message, for people} */
  @Override
  public String toString() {
    return Place.describe(pointer, line, column) + ": " + message();
  }
}
