package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.ObjectReader;
import dev.alcada.internal.document.Place;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.document.WindowSpelling;
import dev.alcada.policy.MarkRule.When;
import dev.alcada.policy.ToolRule.Mode;
import dev.alcada.policy.ValuePath.Root;
import dev.alcada.time.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a call leaves behind: marks, and that it is not made once more. Marks are written in
 * one rule and read in another, so that their names and scopes are checked once all are read.
 */
final class MarkReader {
  private static final int MOST_MARKS = 100;
  private static final Set<String> FIELDS =
      ObjectReader.names("mark", "for", "scope", "when", "result");
  private static final Set<String> ONCE_FIELDS = ObjectReader.names("window", "by", "on_deny");
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final String BY =
      "\"call\", an argument such as \"args.request_id\", or a list of such";

  private final Problems problems;
  private final PredicateReader predicates;
  private final ScopeReader scopes;
  private final Map<String, List<Declared>> declared = new LinkedHashMap<>();
  private final List<Asked> asked = new ArrayList<>();

  /** A mark that a tool leaves. */
  private record Declared(MarkRule mark, Mode mode, Place place) {}

  /** A condition that looks for a mark. */
  private record Asked(Condition condition, Mode mode, Place place) {}

  MarkReader(Problems problems, PredicateReader predicates, ScopeReader scopes) {
    this.problems = problems;
    this.predicates = predicates;
    this.scopes = scopes;
  }

  /** Notes the conditions of a rule that look for marks. */
  void asks(Mode mode) {
    predicates.takeMarked().forEach((place, one) -> asked.add(new Asked(one, mode, place)));
  }

  List<MarkRule> marks(ObjectReader rule, Mode mode) {
    List<MarkRule> marks = new ArrayList<>();
    Set<String> names = new HashSet<>();
    rule.each(
        "marks",
        "marks",
        MOST_MARKS,
        node -> {
          MarkRule mark = mark(node);
          if (mark == null) {
            return;
          }
          Place place = place(node, "mark");
          if (!names.add(mark.name())) {
            problems.add(
                place,
                "the mark " + Spelling.quote(mark.name()) + " a second time",
                "each mark once in a list");
          }
          marks.add(mark);
          declared
              .computeIfAbsent(mark.name(), name -> new ArrayList<>())
              .add(new Declared(mark, mode, place(node, "scope")));
        });
    return marks;
  }

  private static Place place(Node node, String field) {
    Node.Member member = node instanceof Node.Mapping mapping ? mapping.members().get(field) : null;
    return member == null ? node.place() : member.value().place();
  }

  private @Nullable MarkRule mark(Node node) {
    if (node instanceof Node.Text text) {
      ObjectReader.wrong(
          node,
          "a mark",
          "write {\"mark\": " + Spelling.quote(text.value()) + ", \"for\": \"15m\"}",
          problems);
      return null;
    }
    ObjectReader fields =
        ObjectReader.of(node, "a mark", FIELDS, (field, value) -> otherField(field), problems);
    if (fields == null) {
      return null;
    }
    Node named = fields.required("mark", "the mark's name");
    String name = named == null ? null : ObjectReader.nonEmpty(named, "the mark's name", problems);
    if (name != null && name.startsWith("marks.")) {
      ObjectReader.wrong(
          named == null ? node : named,
          "the mark's name",
          "\"marks.\" begins the path of conditions: write "
              + Spelling.quote(name.substring("marks.".length())),
          problems);
    }
    Node length = fields.required("for", "how long it lasts, such as \"15m\" or \"24h\"");
    Duration lasts =
        length == null
            ? null
            : span(length, SHORTEST, Window.LONGEST, "1 second to 366 days", problems);
    Node scoped = fields.get("scope");
    Scope scope = scoped == null ? Scope.GRANT : scopes.scope(scoped, true);
    When when = fields.constant("when", When.values(), When.DONE, MarkReader::otherWhen);
    List<Condition> result = predicates.conditions(fields, "result", PredicateReader.Where.RESULT);
    if (when == When.TRIED && fields.has("result")) {
      problems.add(
          fields.name("result"),
          "\"result\" beside \"when\": \"tried\"",
          "a result of what is done, for a mark that is tried is left before there is any");
    }
    return name == null || lasts == null || scope == null
        ? null
        : new MarkRule(name, lasts, scope, when, result);
  }

  private static @Nullable String otherField(String field) {
    return switch (Spelling.bare(field)) {
      case "name", "id", "key", "label" -> "did you mean \"mark\"?";
      case "window", "ttl", "lasts", "duration", "expires", "lease", "timeout", "valid" ->
          "did you mean \"for\"?";
      case "by", "per" -> "did you mean \"scope\"?";
      case "if", "conditions", "condition", "require", "on" -> "did you mean \"result\"?";
      default -> null;
    };
  }

  private static @Nullable String otherWhen(String word) {
    return switch (Spelling.bare(word)) {
      case "before", "attempt", "attempts", "attempted", "start", "started", "always", "call" ->
          "did you mean \"tried\"?";
      case "after", "success", "successes", "succeeded", "end", "ended", "completed" ->
          "did you mean \"done\"?";
      default -> null;
    };
  }

  /** {@return a length of time that is written as a duration, or null, which is a problem} */
  static @Nullable Duration span(
      Node node, Duration shortest, Duration longest, String bounds, Problems problems) {
    String expected = "a duration such as \"30s\", \"15m\", \"24h\" or \"PT15M\", from " + bounds;
    if (node instanceof Node.Text text && WindowSpelling.isDuration(text.value())) {
      return LimitReader.duration(node, shortest, longest, bounds, problems);
    }
    String mend = null;
    if (node instanceof Node.Num number && number.text().matches("[1-9][0-9]{0,8}")) {
      mend = "seconds are written \"" + number.text() + "s\"";
    } else if (node instanceof Node.Text text) {
      String meant = Mends.window(text.value());
      mend =
          meant == null
              ? Mends.ofWindow(text.value())
              : "write \"" + (meant.matches("[a-z]+") ? oneOf(meant) : meant) + "\"";
    }
    ObjectReader.wrong(node, expected, mend, problems);
    return null;
  }

  private static String oneOf(String word) {
    return switch (word) {
      case "second" -> "1s";
      case "minute" -> "1m";
      case "hour" -> "1h";
      case "day" -> "1d";
      case "week" -> "1w";
      default -> word;
    };
  }

  /** Reads {@code once}. */
  ToolRule.@Nullable Once once(ObjectReader rule) {
    Node node = rule.get("once");
    if (node == null) {
      return null;
    } else if (node instanceof Node.Text || node instanceof Node.Num) {
      Duration window = window(node);
      return window == null ? null : new ToolRule.Once(window, List.of(), null);
    }
    String kind = "\"once\", a window such as \"24h\" or an object with one";
    if (!(node instanceof Node.Mapping)) {
      ObjectReader.wrong(
          node,
          kind,
          node instanceof Node.Bool ? "in what time? \"once\": \"24h\"" : null,
          problems);
      return null;
    }
    ObjectReader fields =
        ObjectReader.of(
            node, "\"once\"", ONCE_FIELDS, (field, value) -> otherOfOnce(field), problems);
    if (fields == null) {
      return null;
    }
    Node length = fields.required("window", "in what time, such as \"24h\"");
    Duration window = length == null ? null : window(length);
    List<ValuePath> by = by(fields);
    String onDeny = fields.text("on_deny");
    return window == null || by == null ? null : new ToolRule.Once(window, by, onDeny);
  }

  private @Nullable Duration window(Node node) {
    return LimitReader.duration(
        node, Window.SHORTEST, Window.LONGEST, "1 ms to 366 days", problems);
  }

  private static @Nullable String otherOfOnce(String field) {
    return switch (Spelling.bare(field)) {
      case "key", "keys", "path", "paths", "scope", "args", "idempotencykey", "on" ->
          "did you mean \"by\"?";
      case "for", "in", "ttl", "within", "duration", "per" -> "did you mean \"window\"?";
      case "message", "reason" -> "did you mean \"on_deny\"?";
      case "max", "counter" -> "at most so many is a limit: \"limits\": [{…}]";
      default -> null;
    };
  }

  private @Nullable List<ValuePath> by(ObjectReader fields) {
    Node node = fields.get("by");
    if (node == null || (node instanceof Node.Text text && text.value().equals("call"))) {
      return List.of();
    }
    List<Node> elements = node instanceof Node.Sequence list ? list.elements() : List.of(node);
    if (elements.isEmpty() || elements.size() > MOST_MARKS) {
      ObjectReader.wrong(node, BY, problems);
      return null;
    }
    List<ValuePath> paths = new ArrayList<>();
    for (Node element : elements) {
      ValuePath path = element instanceof Node.Text ? predicates.path(element) : null;
      if (path == null) {
        if (!(element instanceof Node.Text)) {
          ObjectReader.wrong(element, BY, problems);
        }
        return null;
      } else if (path.root() != Root.ARGS) {
        ObjectReader.wrong(
            element,
            BY,
            path.root() == Root.GRANT || path.root() == Root.TOOL
                ? "the grant and the tool are part of it anyway: leave it out"
                : path.root() == Root.CALL ? "\"call\" stands alone: all arguments together" : null,
            problems);
        return null;
      } else if (paths.contains(path)) {
        problems.add(
            element.place(),
            "the path " + Spelling.quote(path.toString()) + " a second time",
            "each once");
      } else {
        paths.add(path);
      }
    }
    return paths;
  }

  /** Checks what can only be checked once all rules are read. */
  void check() {
    declared.values().forEach(this::agree);
    asked.forEach(this::check);
  }

  private void agree(List<Declared> declarations) {
    Declared first = declarations.get(0);
    for (Declared other : declarations) {
      if (!other.mark.scope().identity().equals(first.mark.scope().identity())) {
        problems.add(
            other.place,
            "the mark "
                + Spelling.quote(other.mark.name())
                + " by "
                + other.mark.scope()
                + ", and elsewhere by "
                + first.mark.scope(),
            "the same names in each scope of a mark",
            "tools whose arguments are called differently share by names of their own:"
                + " {\"customer\": \"args.<path>\"}");
      }
    }
  }

  private void check(Asked one) {
    String name = ((ValuePath.Key) one.condition.path().steps().get(0)).name();
    List<Declared> all = declared.getOrDefault(name, List.of());
    if (all.isEmpty()) {
      problems.add(
          one.place,
          "the mark " + Spelling.quote(name) + ", which no tool leaves",
          "a mark that a tool leaves: \"marks\": [{\"mark\": "
              + Spelling.quote(name)
              + ", \"for\": \"15m\"}]",
          Spelling.didYouMean(name, declared.keySet()));
      return;
    } else if (one.mode == Mode.ENFORCE
        && all.stream().allMatch(left -> left.mode == Mode.SHADOW)) {
      problems.add(
          one.place,
          "the mark " + Spelling.quote(name) + ", which rules in shadow alone leave",
          "a mark that an enforced rule leaves, for a shadow rule leaves its marks apart");
      return;
    }
    Scope scope = all.get(0).mark.scope();
    Scope own = one.condition.scope();
    if (own != null && !own.identity().equals(scope.identity())) {
      problems.add(
          one.place,
          "the mark " + Spelling.quote(name) + " by " + own + ", which is left by " + scope,
          "a scope with the names of the mark's own");
    } else if (own == null && all.stream().anyMatch(left -> !left.mark.scope().equals(scope))) {
      problems.add(
          one.place,
          "the mark " + Spelling.quote(name) + ", which tools leave by values at different paths",
          "a \"scope\" that says where this tool has them");
    }
  }
}
