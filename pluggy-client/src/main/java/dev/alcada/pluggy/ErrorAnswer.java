package dev.alcada.pluggy;

import dev.alcada.pluggy.PluggyException.Detail;
import dev.alcada.pluggy.Reply.Answer;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an answer that is of no use says, without secrets. Of an answer to the request for a key, to
 * which the client secret was told, nothing is kept that is free to be any text.
 */
record ErrorAnswer(
    Operation<?> operation,
    int status,
    @Nullable Integer code,
    @Nullable String codeDescription,
    @Nullable String message,
    List<Detail> details) {
  private static final int MAX_DETAILS = 50;
  private static final String WITHHELD = "(withheld, since it quotes a secret)";
  // As Pluggy's are: CLIENT_KEYS_UNAUTHORIZED
  private static final Pattern CODE_NAME = Pattern.compile("[A-Z][A-Z_]{2,63}");

  static ErrorAnswer of(
      Operation<?> operation,
      Answer answer,
      @Nullable Map<String, @Nullable Object> body,
      Redactor redactor) {
    int status = answer.status();
    if (body == null) {
      return new ErrorAnswer(operation, status, null, null, null, List.of());
    }
    Integer code = integer(body.get("code"));
    if (code != null && redactor.quotes(code.toString())) {
      code = null;
    }
    String name = text(body.get("codeDescription"));
    String message = text(body.get("message"));
    List<Detail> details = details(body.get("details"));
    if (operation.isForKey() || quotes(redactor, name, message, details)) {
      boolean plain = name != null && CODE_NAME.matcher(name).matches() && !redactor.quotes(name);
      String told = operation.isForKey() ? null : WITHHELD;
      return new ErrorAnswer(operation, status, code, plain ? name : null, told, List.of());
    }
    return new ErrorAnswer(
        operation,
        status,
        code,
        Redactor.line(name),
        Redactor.line(message),
        details.stream()
            .map(
                detail ->
                    new Detail(
                        Redactor.line(detail.code()),
                        Redactor.line(detail.parameter()),
                        Redactor.line(detail.message())))
            .toList());
  }

  /** Returns whether a secret is told, be it in pieces that are harmless each by itself. */
  private static boolean quotes(
      Redactor redactor, @Nullable String name, @Nullable String message, List<Detail> details) {
    Stream<@Nullable String> rows =
        Stream.concat(
            Stream.of(name, message),
            details.stream().flatMap(d -> Stream.of(d.code(), d.parameter(), d.message())));
    return redactor.quotes(joined(rows))
        || Stream.<Function<Detail, @Nullable String>>of(
                Detail::code, Detail::parameter, Detail::message)
            .anyMatch(column -> redactor.quotes(joined(details.stream().map(column))));
  }

  private static String joined(Stream<@Nullable String> texts) {
    return texts.filter(Objects::nonNull).collect(Collectors.joining());
  }

  private static List<Detail> details(@Nullable Object value) {
    List<Detail> details = new ArrayList<>();
    if (value instanceof List<?> list) {
      for (Object element : list) {
        if (element instanceof Map<?, ?> detail && details.size() < MAX_DETAILS) {
          details.add(
              new Detail(
                  text(detail.get("code")),
                  text(detail.get("parameter")),
                  text(detail.get("message"))));
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

  Failure as(Failure.Kind kind) {
    return failure(kind, sentence(), null);
  }

  Failure rateLimited(Duration wait) {
    return failure(
        Failure.Kind.RATE_LIMITED,
        sentence() + "; to be asked again in " + wait.toSeconds() + " s",
        wait);
  }

  private Failure failure(Failure.Kind kind, String sentence, @Nullable Duration wait) {
    return new Failure(
        kind, operation.route(), sentence, status, code, codeDescription, details, wait, null);
  }

  private String sentence() {
    StringBuilder sentence = new StringBuilder(operation.toString());
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
      sentence.append(" without a usable ").append(operation.wanted());
    } else if (status >= 300 && status < 400) {
      sentence.append(", a redirect, which is not followed: is the base address right?");
    }
    return sentence.toString();
  }
}
