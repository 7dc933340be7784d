package dev.alcada.guard;

import dev.alcada.counter.Mark;
import dev.alcada.decision.Judgement;
import dev.alcada.internal.value.ArgumentsJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tool has answered, for the marks that a call leaves when it is done. What is missing is
 * missing on the safe side: such marks permit.
 *
 * @param content the answer as JSON has it
 */
record Answered(@Nullable Object content) {
  /** {@return the answer, read as JSON if it is a text of an object} */
  static Answered of(@Nullable Object content) {
    if (content instanceof String text && text.stripLeading().startsWith("{")) {
      try {
        return new Answered(ArgumentsJson.read(text));
      } catch (RuntimeException e) {
        return new Answered(text); // it only looks like one
      }
    }
    return new Answered(content);
  }

  List<Mark> marks(Judgement judgement) {
    return judgement.doneMarks(content);
  }
}
