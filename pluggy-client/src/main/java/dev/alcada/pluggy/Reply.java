package dev.alcada.pluggy;

import java.io.IOException;
import okhttp3.Headers;

/** What came of one request. */
sealed interface Reply {

  /**
   * A complete answer.
   *
   * @param body its body, or as much of it as is ever looked at
   * @param whole whether the body was all there is
   */
  record Answer(int status, Headers headers, String body, boolean whole) implements Reply {
    @Override
    public String toString() {
      return "Answer[status=" + status + "]";
    }
  }

  /**
   * No complete answer.
   *
   * @param cause why
   * @param sent whether the whole request may have left this machine
   * @param abandoned whether this side gave up: cancelled or interrupted
   */
  record Lost(IOException cause, boolean sent, boolean abandoned) implements Reply {}
}
