package dev.alcada.pluggy;

import dev.alcada.pluggy.PluggyException.Detail;
import dev.alcada.pluggy.Reply.Answer;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an answer that is not a success says, without secrets. */
record Refusal(
    String path,
    String field,
    int status,
    @Nullable Integer code,
    @Nullable String codeDescription,
    @Nullable String message,
    List<Detail> details) {
  private static final int MAX_DETAILS = 50;

  static Refusal of(
      Endpoint endpoint,
      Answer answer,
      @Nullable Map<String, @Nullable Object> body,
      Redactor redactor) {
    if (body == null) {
      return new Refusal(
          endpoint.path(), endpoint.field(), answer.status(), null, null, null, List.of());
    }
    return new Refusal(
        endpoint.path(),
        endpoint.field(),
        answer.status(),
        integer(body.get("code")),
        redactor.clean(text(body.get("codeDescription"))),
        redactor.clean(text(body.get("message"))),
        details(body.get("details"), redactor));
  }

  private static List<Detail> details(@Nullable Object value, Redactor redactor) {
    List<Detail> details = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (Object element : list) {
        if (element instanceof Map<?, ?> detail && details.size() < MAX_DETAILS) {
          details.add(
              new Detail(
                  redactor.clean(text(detail.get("code"))),
                  redactor.clean(text(detail.get("parameter"))),
                  redactor.clean(text(detail.get("message")))));
        }
      }
    }
    return List.copyOf(details);
  }

  private static @Nullable String text(@Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    Integer integer = integer(value);
    return integer == null ? null : integer.toString();
  }

  private static @Nullable Integer integer(@Nullable Object value) {
    return value instanceof BigDecimal number
            && number.abs().compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) <= 0
        ? Integer.valueOf(number.intValue())
        : null;
  }

  Problem as(Problem.Kind kind) {
    return problem(kind, sentence(), null);
  }

  Problem rateLimited(Duration wait) {
    return problem(
        Problem.Kind.RATE_LIMITED,
        sentence() + "; to be asked again in " + wait.toSeconds() + " s",
        wait);
  }

  private Problem problem(Problem.Kind kind, String sentence, @Nullable Duration wait) {
    return new Problem(kind, path, sentence, status, code, codeDescription, details, wait, null);
  }

  private String sentence() {
    StringBuilder sentence = new StringBuilder("POST ").append(path);
    sentence.append(" was answered ").append(status);
    if (codeDescription != null) {
      sentence.append(' ').append(codeDescription);
    }
    if (message != null) {
      sentence.append(": ").append(message);
    }
    for (Detail detail : details) {
      sentence.append("; ").append(detail.parameter()).append(": ").append(detail.message());
    }
    if (status >= 200 && status < 300) {
      sentence.append(" without a usable ").append(field);
    } else if (status >= 300 && status < 400) {
      sentence.append(", a redirect, which is not followed: is the base address right?");
    }
    return sentence.toString();
  }
}
