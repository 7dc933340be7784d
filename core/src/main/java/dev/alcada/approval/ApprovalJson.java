package dev.alcada.approval;

import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Quorum;
import dev.alcada.internal.value.ArgumentsJson;
import dev.alcada.internal.value.CanonicalJson;
import dev.alcada.internal.value.UnwritableException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of a request. A member is only ever added; a change of meaning is a format: one
 * that needs more than one person's yes is of the second, so that no reader which does not know of
 * that takes the first yes for all of them.
 */
final class ApprovalJson {
  private static final long ONE_YES = 1;
  private static final long QUORUM = 2;

  private ApprovalJson() {}

  static String write(ApprovalRequest request) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    boolean quorum = !request.quorum().isOne();
    members.put("format", quorum ? QUORUM : ONE_YES);
    members.put("id", request.id());
    members.put("binding", request.binding());
    members.put("tool", request.tool());
    members.put("arguments", request.arguments());
    members.put("caller", caller(request.caller()));
    members.put("asks", request.asks().stream().map(ApprovalJson::ask).toList());
    members.put("createdAt", request.createdAt().toString());
    members.put("valid", request.valid().toString());
    members.put("expiresAt", request.expiresAt().toString());
    members.put("state", request.state().toString());
    members.put("version", request.version());
    if (!request.metadata().isEmpty()) {
      members.put("metadata", request.metadata());
    }
    if (quorum) {
      members.put("quorum", quorum(request.quorum()));
      members.put("approvals", request.approvals().stream().map(ApprovalJson::answer).toList());
    }
    Answer answer = request.answer();
    Instant answeredAt = request.answeredAt();
    if (answer != null) {
      members.put("answer", answer(answer));
    }
    if (answeredAt != null) {
      members.put("answeredAt", answeredAt.toString());
    }
    try {
      return CanonicalJson.write(members, Integer.MAX_VALUE);
    } catch (UnwritableException e) {
      throw new IllegalStateException("a request holds what JSON has not: " + e.getMessage(), e);
    }
  }

  private static Map<String, @Nullable Object> caller(Caller caller) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("grant", caller.grant());
    if (caller.session() != null) {
      members.put("session", caller.session());
    }
    if (caller.client() != null) {
      members.put("client", caller.client());
    }
    if (!caller.attributes().isEmpty()) {
      members.put("attributes", caller.attributes());
      members.put("details", List.copyOf(new TreeSet<>(caller.details())));
      members.put("persons", List.copyOf(new TreeSet<>(caller.persons())));
    }
    return members;
  }

  private static Map<String, @Nullable Object> ask(AskingRule ask) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("rule", ask.rule());
    members.put("location", ask.location());
    members.put("reason", ask.reason());
    members.put("content", ask.content());
    return members;
  }

  private static Map<String, @Nullable Object> quorum(Quorum quorum) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("approvers", (long) quorum.approvers());
    members.put(
        "from", quorum.from().stream().map(roles -> List.copyOf(new TreeSet<>(roles))).toList());
    return members;
  }

  private static Map<String, @Nullable Object> answer(Answer answer) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("approved", answer.approved());
    members.put("approver", answer.approver());
    members.put("roles", List.copyOf(new TreeSet<>(answer.roles())));
    if (answer.note() != null) {
      members.put("note", answer.note());
    }
    if (!answer.identified()) {
      members.put("identified", false);
    }
    return members;
  }

  static ApprovalRequest read(String json) {
    try {
      Members members = new Members(ArgumentsJson.read(json));
      long format = members.number("format");
      if (format != ONE_YES && format != QUORUM) {
        throw new IllegalArgumentException(
            "format is " + format + ", expected " + ONE_YES + " or " + QUORUM);
      }
      List<AskingRule> asks = new ArrayList<>();
      for (Object ask : members.list("asks")) {
        Members rule = Members.of(ask, "asks");
        asks.add(
            new AskingRule(
                rule.text("rule"),
                rule.text("location"),
                rule.text("reason"),
                rule.text("content")));
      }
      Instant answeredAt =
          members.has("answeredAt") ? Instant.parse(members.text("answeredAt")) : null;
      Answer decided = members.has("answer") ? answer(members.object("answer")) : null;
      ApprovalRequest request =
          ApprovalRequest.builder(
                  members.text("id"),
                  members.text("binding"),
                  members.text("tool"),
                  caller(members.object("caller")),
                  asks)
              .quorum(format == QUORUM ? quorum(members.object("quorum")) : Quorum.ONE)
              .arguments(members.text("arguments"))
              .metadata(members.has("metadata") ? members.object("metadata").texts() : Map.of())
              .stored(
                  Instant.parse(members.text("createdAt")),
                  Duration.parse(members.text("valid")),
                  Instant.parse(members.text("expiresAt")),
                  ApprovalState.valueOf(members.text("state").toUpperCase(Locale.ROOT)),
                  format == QUORUM ? approvals(members) : only(decided),
                  decided,
                  answeredAt,
                  members.number("version"));
      requireEnough(request);
      return request;
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("no stored approval request: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("no stored approval request: " + e.getMessage(), e);
    }
  }

  private static Quorum quorum(Members members) {
    List<Set<String>> from = new ArrayList<>();
    for (Object roles : members.list("from")) {
      Set<String> names = new TreeSet<>();
      if (roles instanceof List<?> list) {
        list.forEach(role -> names.add(String.valueOf(role)));
      }
      from.add(names);
    }
    return new Quorum(Math.toIntExact(members.number("approvers")), from);
  }

  private static List<Answer> approvals(Members members) {
    List<Answer> approvals = new ArrayList<>();
    for (Object approval : members.list("approvals")) {
      approvals.add(answer(Members.of(approval, "approvals")));
    }
    return approvals;
  }

  private static List<Answer> only(@Nullable Answer decided) {
    return decided != null && decided.approved() ? List.of(decided) : List.of();
  }

  /** What a store kept is not believed: a yes needs all that its rules ask for. */
  private static void requireEnough(ApprovalRequest request) {
    boolean approved =
        switch (request.state()) {
          case APPROVED, IN_USE, SPENT -> true;
          case PENDING, DENIED, CANCELLED, EXPIRED -> false;
        };
    if (!Givers.allCount(request)
        || (approved && request.approvals().size() < request.quorum().approvers())) {
      throw new IllegalArgumentException("it has not the answers that its state needs");
    }
  }

  private static Caller caller(Members members) {
    Caller caller = Caller.grant(members.text("grant"));
    if (members.has("session")) {
      caller = caller.withSession(members.text("session"));
    }
    if (members.has("client")) {
      caller = caller.withClient(members.text("client"));
    }
    if (members.has("attributes")) {
      List<?> details = members.list("details");
      List<?> persons = members.list("persons");
      for (Map.Entry<String, @Nullable Object> attribute :
          members.object("attributes").members.entrySet()) {
        String name = attribute.getKey();
        Object value = attribute.getValue();
        caller =
            persons.contains(name)
                ? caller.withPerson(name, String.valueOf(value))
                : details.contains(name)
                    ? caller.withDetail(name, value)
                    : caller.withAttribute(name, value);
      }
    }
    return caller;
  }

  private static Answer answer(Members members) {
    Set<String> roles = new TreeSet<>();
    for (Object role : members.list("roles")) {
      roles.add(String.valueOf(role));
    }
    String approver = members.text("approver");
    Answer answer =
        Boolean.TRUE.equals(members.members.get("approved"))
            ? Answer.approve(approver)
            : Answer.deny(approver);
    answer = answer.withNote(members.has("note") ? members.text("note") : null);
    return Boolean.FALSE.equals(members.members.get("identified"))
        ? answer.unidentified()
        : answer.withRoles(roles);
  }

  /** An object's members, each of the type it must have. */
  private record Members(Map<String, @Nullable Object> members) {
    @SuppressWarnings("unchecked") // what the reader makes of an object
    static Members of(@Nullable Object value, String name) {
      if (!(value instanceof Map<?, ?>)) {
        throw new IllegalArgumentException(name + " is no object");
      }
      return new Members((Map<String, @Nullable Object>) value);
    }

    boolean has(String name) {
      return members.get(name) != null;
    }

    Members object(String name) {
      return of(members.get(name), name);
    }

    Map<String, String> texts() {
      Map<String, String> texts = new LinkedHashMap<>();
      members.keySet().forEach(name -> texts.put(name, text(name)));
      return texts;
    }

    List<?> list(String name) {
      if (members.get(name) instanceof List<?> list) {
        return list;
      }
      throw new IllegalArgumentException(name + " is no list");
    }

    String text(String name) {
      if (members.get(name) instanceof String text) {
        return text;
      }
      throw new IllegalArgumentException(name + " is no text");
    }

    long number(String name) {
      if (members.get(name) instanceof Number number) {
        return number.longValue();
      }
      throw new IllegalArgumentException(name + " is no number");
    }
  }
}
