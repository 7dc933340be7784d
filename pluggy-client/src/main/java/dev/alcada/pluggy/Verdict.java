package dev.alcada.pluggy;

import java.time.Duration;
import okhttp3.Headers;

/** What to do after a reply. */
sealed interface Verdict {

  /** The answer holds what was asked for. */
  record Done(String value, Headers headers) implements Verdict {
    @Override
    public String toString() {
      return "Done[value=***]";
    }
  }

  /** The same request again, after a wait. */
  record Again(Duration pause) implements Verdict {}

  /** The key is refused: the same request with a fresh one. */
  record Renew() implements Verdict {}

  /** Nothing more to try. */
  record Failed(Problem problem) implements Verdict {}
}
