package dev.alcada.examples.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream of events as it arrives, and never more of one than it may hold. Not thread-safe.
 */
final class EventLines {
  private final int maxBytes;
  private final Consumer<String> onMessage;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final StringBuilder data = new StringBuilder();
  private String event = "";
  private @Nullable String lastId;
  private boolean afterReturn;

  /**
   * @param maxBytes the longest event
   * @param onMessage takes the data of each event that is a message
   */
  EventLines(int maxBytes, Consumer<String> onMessage) {
    this.maxBytes = maxBytes;
    this.onMessage = onMessage;
  }

  /** {@return the id of the last event that had one, to begin after it another time} */
  @Nullable String lastId() {
    return lastId;
  }

  /**
   * Takes the next bytes.
   *
   * @throws UpstreamException if an event is too long
   */
  void take(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next == '\n' && afterReturn) {
        afterReturn = false; // the second half of one end
      } else if (next == '\n' || next == '\r') {
        afterReturn = next == '\r';
        String whole = line.toString(StandardCharsets.UTF_8);
        line.reset();
        take(whole);
      } else {
        afterReturn = false;
        line.write(next);
        if (line.size() + data.length() > maxBytes) {
          throw new UpstreamException(
              "the upstream server sent something too large: a message is larger than "
                  + maxBytes
                  + " bytes");
        }
      }
    }
  }

  private void take(String whole) {
    if (whole.isEmpty()) {
      if (data.length() > 0 && (event.isEmpty() || event.equals("message"))) {
        onMessage.accept(data.toString());
      }
      data.setLength(0);
      event = "";
      return;
    }
    int colon = whole.indexOf(':');
    String field = colon < 0 ? whole : whole.substring(0, colon);
    String value = colon < 0 ? "" : whole.substring(colon + 1);
    value = value.startsWith(" ") ? value.substring(1) : value;
    switch (field) {
      case "data" -> data.append(data.length() > 0 ? "\n" : "").append(value);
      case "event" -> event = value;
      case "id" -> lastId = value.length() <= Message.LONGEST_ID ? value : lastId;
      default -> {
        // a comment, or what nobody needs
      }
    }
  }
}
