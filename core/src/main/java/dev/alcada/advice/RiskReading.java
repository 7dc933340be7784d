package dev.alcada.advice;

import dev.alcada.advice.Risk.Category;
import dev.alcada.advice.Risk.Severity;
import dev.alcada.advice.Words.Token;
import dev.alcada.internal.document.Spelling;
import dev.alcada.tool.ToolDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One tool, read by the rules: what it states, and what follows from that. */
final class RiskReading {
  // Not a word's bound, which looks back over however many accents there are.
  private static final Pattern REQUEST =
      Pattern.compile("(?<![A-Za-z])(GET|POST|PUT|PATCH|DELETE)\\s{1,4}(/[\\w{}/:.~-]{0,200})");
  private static final Pattern ADDRESS = Pattern.compile("https?://\\S{1,500}");
  private static final List<List<String>> OF_MONEY =
      List.of(List.of("dinheiro"), List.of("dinero"), List.of("money"), List.of("funds"));

  /** More of a description than this is for no reader, whatever else it is for. */
  private static final int READ_BEGINNING = 12_288;

  private static final int READ_END = 4_096;
  private static final int LONGEST_NAME = 1_024;

  /** How far into a description a word is looked for that only names information. */
  private static final int OPENING = 12;

  /**
   * An effect that something of the tool states.
   *
   * @param severity how grave it is by the rule that tells it, or null for the category's own
   * @param byName whether the name states it
   * @param made whether it is called making something, which may be no more than taking it down
   */
  private record Effect(
      Category category, @Nullable Severity severity, String why, boolean byName, boolean made) {
    static Effect of(Category category, String why) {
      return new Effect(category, null, why, false, false);
    }
  }

  private final RiskRules rules;
  private final boolean trusting;
  private final ToolDefinition tool;
  private final String name;
  private final String description;
  private final WordLine line = new WordLine();
  private final List<Token> tokens = new ArrayList<>();
  private final Parameters parameters;
  private final List<Clause> clauses = new ArrayList<>();
  private final List<Effect> effects = new ArrayList<>();
  private final Map<String, Boolean> signals = new HashMap<>();

  RiskReading(RiskRules rules, boolean trusting, ToolDefinition tool) {
    this.rules = rules;
    this.trusting = trusting;
    this.tool = tool;
    this.name = Spelling.shorten(tool.name(), LONGEST_NAME);
    this.description = readable(tool.description());
    this.parameters = Parameters.of(tool.inputSchema());
  }

  Risk risk() {
    read();
    for (Clause clause : clauses) {
      Effect effect = clause.negated() ? null : effect(clause);
      if (effect != null) {
        effects.add(effect);
      }
    }
    correctName();
    request();
    values();
    schema();
    if (effects.isEmpty()) {
      effects.add(unstated());
    }
    if (tooLong(tool.description()) || tooLong(tool.title())) {
      effects.add(unread("description"));
    }
    if (tool.name().length() > LONGEST_NAME) {
      effects.add(unread("name"));
    }
    annotations();
    Effect gravest = gravest();
    Set<String> why = new LinkedHashSet<>(List.of(gravest.why()));
    Severity severity = severity(gravest, why);
    return new Risk(tool.name(), gravest.category(), severity, List.copyOf(why));
  }

  private static Effect unread(String what) {
    String why = "its " + what + " is longer than anybody reads";
    return new Effect(Category.WRITE, Severity.HIGH, why, false, false);
  }

  private void read() {
    List<Clause> named = NameReader.read(rules, name);
    boolean readByName =
        !named.isEmpty()
            && named.stream().allMatch(clause -> clause.verb().category() == Category.READ);
    clauses.addAll(named);
    Words.ofName(name).forEach(line::add);
    for (String text : texts()) {
      String sentences = withoutAddresses(text);
      List<Token> read = Words.ofText(sentences);
      clauses.addAll(TextReader.read(rules, text, read, readByName));
      line.add(read);
      tokens.addAll(read);
    }
  }

  private List<String> texts() {
    return tool.title() == null
        ? List.of(description)
        : List.of(description, readable(tool.title()));
  }

  private static String readable(@Nullable String text) {
    if (text == null || !tooLong(text)) {
      return text == null ? "" : text;
    }
    return text.substring(0, READ_BEGINNING) + "\n" + text.substring(text.length() - READ_END);
  }

  private static boolean tooLong(@Nullable String text) {
    return text != null && text.length() > READ_BEGINNING + READ_END;
  }

  private static String withoutAddresses(String text) {
    String left = text;
    for (Pattern pattern : List.of(ADDRESS, REQUEST)) {
      left = pattern.matcher(left).replaceAll(found -> " ".repeat(found.group().length()));
    }
    return left;
  }

  // What is stated.

  private @Nullable Effect effect(Clause clause) {
    for (RiskRules.ObjectRule rule : rules.objects.getOrDefault(clause.verb(), List.of())) {
      if ((rule.object().isEmpty() || about(clause, rule.object()))
          && (rule.mentions().isEmpty() || line.hasAny(rule.mentions()))
          && (rule.signal() == null || signal(rule.signal()))
          && (rule.not() == null || !signal(rule.not()))) {
        String why = quoted(clause) + (rule.why() == null ? "" : ": " + rule.why());
        boolean made = rules.group("MAKE").contains(clause.verb());
        return new Effect(rule.is(), rule.severity(), why, clause.inName(), made);
      }
    }
    Category category = clause.verb().category();
    return category == null
        ? null
        : new Effect(category, null, quoted(clause), clause.inName(), false);
  }

  private static String quoted(Clause clause) {
    return (clause.inName() ? "the name says " : "the description says ")
        + Spelling.quote(clause.quote());
  }

  /** Whether the clause is about one of the things, and does not only mention it. */
  private boolean about(Clause clause, Map<String, List<List<String>>> things) {
    List<String> object = clause.object();
    boolean romance = clause.verb().romance;
    for (int i = 0; i < Math.max(clause.head(), 1) && i < object.size(); i++) {
      for (List<String> phrase : things.getOrDefault(object.get(i), List.of())) {
        int end = i + phrase.size();
        if (end <= object.size()
            && object.subList(i, end).equals(phrase)
            && (((romance || phrase.size() > 1) && transparent(object, 0, i))
                || ((!romance || phrase.size() > 1) && transparent(object, end, clause.head())))) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean transparent(List<String> object, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!rules.is("transparent", object.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** What the name says by way of "create" or "pay" is put right by a text that denies it. */
  private void correctName() {
    boolean denied =
        clauses.stream()
            .anyMatch(
                clause ->
                    clause.negated()
                        && (category(clause) == Category.FINANCIAL || line.hasAny(OF_MONEY)));
    boolean noted =
        clauses.stream()
            .anyMatch(
                clause ->
                    !clause.inName()
                        && clause.first()
                        && rules.group("NOTE").contains(clause.verb()));
    boolean said = effects.stream().anyMatch(effect -> !effect.byName());
    boolean stated =
        effects.stream()
            .anyMatch(effect -> !effect.byName() && effect.category() == Category.FINANCIAL);
    if (said && !stated && (denied || noted)) {
      effects.removeIf(
          effect ->
              effect.byName()
                  && effect.category() == Category.FINANCIAL
                  && (denied || effect.made()));
    }
  }

  private @Nullable Category category(Clause clause) {
    Effect effect = effect(clause);
    return effect == null ? null : effect.category();
  }

  /** "POST /payments/{id}/cancel" says as much as a sentence. */
  private void request() {
    Matcher matcher = REQUEST.matcher(description);
    if (!matcher.find()) {
      return;
    }
    String why = "it sends " + Spelling.visible(matcher.group());
    switch (matcher.group(1)) {
      case "DELETE" -> effects.add(Effect.of(Category.DESTRUCTIVE, why));
      case "PUT", "PATCH" -> effects.add(Effect.of(Category.WRITE, why));
      case "POST" -> post(Words.ofName(matcher.group(2)), why);
      default -> {
        if (effects.isEmpty()) {
          effects.add(Effect.of(Category.READ, why));
        }
      }
    }
  }

  private void post(List<String> path, String why) {
    if (path.stream().anyMatch(word -> rules.is("looks", word))) {
      return;
    }
    boolean firm =
        clauses.stream().anyMatch(clause -> rules.is("firm", clause.verb().base)) && onlyReads();
    String last = path.isEmpty() ? "" : path.get(path.size() - 1);
    for (Clause clause : NameReader.read(rules, last)) {
      Category category = category(clause);
      if (category != null && category.compareTo(Category.WRITE) > 0 && !onlyReads()) {
        effects.add(Effect.of(category, why));
      }
    }
    if (!firm && (effects.isEmpty() || onlyReads())) {
      effects.add(Effect.of(Category.WRITE, why));
    }
  }

  private boolean onlyReads() {
    return !effects.isEmpty()
        && effects.stream().allMatch(effect -> effect.category() == Category.READ);
  }

  /** What the permitted values of a parameter say. */
  private void values() {
    Set<String> action = rules.parameters.getOrDefault("ACTION", Set.of());
    Set<String> status = rules.parameters.getOrDefault("STATUS", Set.of());
    parameters
        .named()
        .forEach(
            (name, permitted) -> {
              if (permitted != null && permitted.size() == 1 && status.contains(name)) {
                only(name, permitted.get(0));
              } else if (permitted != null && permitted.size() > 1 && action.contains(name)) {
                choice(name, permitted);
              }
            });
  }

  private void only(String name, String value) {
    rules.values.forEach(
        (category, words) -> {
          if (words.contains(value) && !onlyReads()) {
            effects.add(
                Effect.of(
                    category,
                    "its " + Spelling.quote(name) + " can only be " + Spelling.quote(value)));
          }
        });
  }

  private void choice(String name, List<String> permitted) {
    if (permitted.stream().allMatch(value -> rules.is("http", value))) {
      effects.add(
          new Effect(
              Category.EXECUTE,
              Severity.CRITICAL,
              "its " + Spelling.quote(name) + " chooses the method of any request",
              false,
              false));
      return;
    }
    for (String value : permitted) {
      for (Clause clause : NameReader.read(rules, value)) {
        Effect effect = effect(clause);
        if (effect != null && effect.category() != Category.READ) {
          effects.add(
              new Effect(
                  effect.category(),
                  effect.severity(),
                  "its " + Spelling.quote(name) + " may be " + Spelling.quote(value),
                  false,
                  false));
        }
      }
    }
  }

  private void schema() {
    for (RiskRules.SchemaRule rule : rules.schema) {
      List<String> found = new ArrayList<>();
      for (String set : rule.all()) {
        String name = parameters.any(rules.parameters.getOrDefault(set, Set.of()));
        if (name != null) {
          found.add(Spelling.quote(name));
        }
      }
      if (found.size() == rule.all().size() && !excepted(rule)) {
        effects.add(
            new Effect(
                rule.is(),
                rule.severity(),
                rule.why() + " (" + String.join(", ", found) + ")",
                false,
                false));
      }
    }
  }

  private boolean excepted(RiskRules.SchemaRule rule) {
    boolean category =
        (rule.unless().contains(Category.READ) && onlyReads())
            || effects.stream()
                .anyMatch(
                    effect ->
                        effect.category() != Category.READ
                            && rule.unless().contains(effect.category()));
    return category
        || clauses.stream()
            .anyMatch(
                clause ->
                    rule.unlessVerb().contains(clause.verb())
                        || clause.object().stream()
                            .limit(Math.max(1, clause.head()))
                            .anyMatch(rule.unlessAbout()::contains));
  }

  private Effect unstated() {
    boolean informs =
        Words.ofName(name).stream().anyMatch(word -> rules.is("information", word))
            || tokens.stream()
                .limit(OPENING)
                .anyMatch(token -> rules.is("information", token.word()));
    return informs
        ? Effect.of(Category.READ, "it is called after information alone")
        : Effect.of(Category.WRITE, "nothing says that it only reads");
  }

  /** Hints raise the risk; a server that the host trusts may lower it too. */
  private void annotations() {
    Map<String, @Nullable Object> hints = tool.annotations();
    Object readOnly = hints.get("readOnlyHint");
    if (trusting && Boolean.TRUE.equals(readOnly)) {
      effects.clear();
      effects.add(
          Effect.of(Category.READ, "its server, which is trusted, says that it only reads"));
      return;
    }
    if (Boolean.FALSE.equals(readOnly)) {
      effects.add(Effect.of(Category.WRITE, "its server says that it does not only read"));
    }
    if (Boolean.TRUE.equals(hints.get("destructiveHint")) && !Boolean.TRUE.equals(readOnly)) {
      effects.add(Effect.of(Category.DESTRUCTIVE, "its server says that it is destructive"));
    } else if (trusting && Boolean.FALSE.equals(hints.get("destructiveHint"))) {
      effects.replaceAll(
          effect ->
              effect.category() == Category.DESTRUCTIVE
                  ? Effect.of(
                      Category.WRITE,
                      "its server, which is trusted, says that it is not destructive")
                  : effect);
    }
  }

  // What follows.

  private Effect gravest() {
    Effect gravest = effects.get(0);
    for (Effect effect : effects) {
      int graver = effect.category().compareTo(gravest.category());
      if (graver > 0 || (graver == 0 && gravest.severity() == null && effect.severity() != null)) {
        gravest = effect;
      }
    }
    return gravest;
  }

  private Severity severity(Effect effect, Set<String> why) {
    Severity severity = effect.severity();
    if (severity == null) {
      severity = rules.base.getOrDefault(effect.category(), Severity.MEDIUM);
    }
    for (boolean raising : new boolean[] {false, true}) {
      for (RiskRules.SeverityRule rule : rules.severity) {
        Severity bound = raising ? rule.atLeast() : rule.atMost();
        if (bound == null || !rule.of().contains(effect.category())) {
          continue;
        }
        boolean moves = raising ? bound.compareTo(severity) > 0 : bound.compareTo(severity) < 0;
        if (moves
            && (line.hasAny(rule.says()) || parameters.any(rule.takes()) != null)
            && !line.hasAny(rule.not())) {
          severity = bound;
          why.add(rule.why());
        }
      }
    }
    return severity;
  }

  private boolean signal(String name) {
    Boolean known = signals.get(name);
    if (known == null) {
      RiskRules.Signal signal = rules.signals.get(name);
      known =
          signal != null && (line.hasAny(signal.says()) || parameters.any(signal.takes()) != null);
      signals.put(name, known);
    }
    return known;
  }
}
