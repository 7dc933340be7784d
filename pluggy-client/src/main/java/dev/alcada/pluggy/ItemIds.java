package dev.alcada.pluggy;

import java.util.regex.Pattern;

/** The form of an Item's id. */
final class ItemIds {
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private ItemIds() {}

  /**
   * Returns an id that is one.
   *
   * @throws IllegalArgumentException if it is not a UUID
   */
  static String checked(String itemId) {
    if (!UUID.matcher(itemId).matches()) {
      throw new IllegalArgumentException(
          "itemId must be a UUID of 36 characters, such as 3fa85f64-5717-4562-b3fc-2c963f66afa6");
    }
    return itemId;
  }
}
