package dev.alcada.policy;

import dev.alcada.internal.document.Place;

/**
 * Something in a policy document that is legal and probably not what its author means.
 *
 * @param pointer where in the document, as a JSON Pointer (RFC 6901); empty for the whole document
 * @param line the line in the document's text, from 1; 0 where there is no text
 * @param column the column in that line, from 1; 0 where there is no text
 * @param message what is probably wrong, and what to do about it
 */
public record PolicyWarning(String pointer, int line, int column, String message) {

  /** {@return place and message, for people} */
  @Override
  public String toString() {
    return Place.describe(pointer, line, column) + ": " + message;
  }
}
