package dev.alcada.advice;

import dev.alcada.internal.document.DocumentText;
import dev.alcada.internal.document.Fault;
import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.ObjectReader;
import dev.alcada.internal.document.Place;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rules of the classifier: the standard ones, and before them those of a host. Words that
 * a later document adds to a group are in it everywhere.
 */
final class RiskRulesReader {
  private static final int MOST = 10_000;
  private static final Set<String> FIELDS =
      ObjectReader.names(
          "version",
          "groups",
          "verbs",
          "objects",
          "signals",
          "schema",
          "parameters",
          "identities",
          "values",
          "grammar",
          "severity");
  private static final Set<String> OBJECT_RULE =
      ObjectReader.names("verb", "object", "mentions", "signal", "not", "is", "severity", "why");
  private static final Set<String> SCHEMA_RULE =
      ObjectReader.names("all", "unless", "unless_verb", "unless_about", "is", "severity", "why");
  private static final Set<String> SEVERITY_RULE =
      ObjectReader.names("of", "says", "takes", "not", "at_least", "at_most", "why");
  private static final Set<String> GRAMMAR =
      ObjectReader.names(
          "fillers",
          "and",
          "examples",
          "conditions",
          "which",
          "determiners",
          "prepositions",
          "of",
          "containers",
          "followers",
          "adverbs",
          "suffixes",
          "firm",
          "looks",
          "reveals",
          "english",
          "transparent",
          "auxiliaries",
          "past",
          "negations",
          "headings",
          "information",
          "http");

  private final Problems problems = new Problems();
  private final List<ObjectReader> documents = new ArrayList<>();

  /** Which document says what a verb does. */
  private final Map<Lexicon.Verb, Integer> saidBy = new HashMap<>();

  private RiskRulesReader() {}

  /** {@return the standard rules, with those of the host's documents before them} */
  static RiskRules read(List<String> hosts) {
    RiskRulesReader reader = new RiskRulesReader();
    List<String> texts = new ArrayList<>(hosts);
    Collections.reverse(texts);
    texts.add(standard());
    for (String text : texts) {
      Node root = DocumentText.tree(text, reader.problems);
      ObjectReader document =
          ObjectReader.of(root, "the rules of the classifier", FIELDS, reader.problems);
      if (document != null) {
        document.required("version", "\"1\"");
        reader.documents.add(document);
      }
    }
    RiskRules rules = reader.rules();
    if (!reader.problems.isEmpty()) {
      StringBuilder message = new StringBuilder("The rules of the classifier have problems:");
      for (Fault fault : reader.problems.inOrder()) {
        message
            .append("\n  ")
            .append(Place.describe(fault.pointer(), fault.line(), fault.column()))
            .append(": ")
            .append(Fault.message(fault.found(), fault.expected(), fault.suggestion()));
      }
      throw new IllegalArgumentException(message.toString());
    }
    return rules;
  }

  private static String standard() {
    try (InputStream in = RiskRulesReader.class.getResourceAsStream("risk-rules.yaml")) {
      if (in == null) {
        throw new IllegalStateException("risk-rules.yaml is missing beside the classifier");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RiskRules rules() {
    Map<String, List<String>> grammar = new HashMap<>();
    sets("grammar", (name, words) -> grammar.merge(name, words, RiskRulesReader::joined));
    RiskRules rules = new RiskRules(new HashSet<>(grammar.getOrDefault("english", List.of())));
    grammar.forEach(rules::add);
    grammar.keySet().stream()
        .filter(name -> !GRAMMAR.contains(name))
        .forEach(name -> unknown("the word class " + Spelling.quote(name), name, GRAMMAR));
    sets("groups", (name, words) -> rules.groups.merge(name, words, RiskRulesReader::joined));
    for (int i = 0; i < documents.size(); i++) {
      verbs(i, rules);
    }
    sets(
        "parameters",
        (name, words) ->
            rules.parameters.computeIfAbsent(name, n -> new HashSet<>()).addAll(words));
    sets(
        "identities",
        (name, words) ->
            rules.identities.computeIfAbsent(name, n -> new HashSet<>()).addAll(words));
    sets(
        "values",
        (name, words) -> {
          Risk.Category category = category(name);
          if (category != null) {
            rules.values.computeIfAbsent(category, c -> new HashSet<>()).addAll(words);
          }
        });
    for (ObjectReader document : documents) {
      signals(document, rules);
    }
    for (int i = 0; i < documents.size(); i++) {
      ObjectReader document = documents.get(i);
      int at = i;
      document.each("objects", "rules", MOST, node -> object(node, at, rules));
      document.each("schema", "rules", MOST, node -> schema(node, rules));
      severity(document, rules);
    }
    return rules;
  }

  /** Hands over the lists of words of a section, of the standard rules first. */
  private void sets(String section, BiConsumer<String, List<String>> to) {
    for (int i = documents.size() - 1; i >= 0; i--) {
      Node node = documents.get(i).get(section);
      if (node == null) {
        continue;
      }
      Node.Mapping mapping = ObjectReader.mapping(node, "an object of lists of words", problems);
      if (mapping != null) {
        mapping.members().forEach((name, member) -> to.accept(name, words(member.value())));
      }
    }
  }

  /** A verb is what the first document says that has it; the rules of later ones are not for it. */
  private void verbs(int at, RiskRules rules) {
    Node node = documents.get(at).get("verbs");
    Node.Mapping mapping =
        node == null ? null : ObjectReader.mapping(node, "an object of lists of verbs", problems);
    if (mapping == null) {
      return;
    }
    Map<Lexicon.Verb, Set<Risk.Category>> found = new LinkedHashMap<>();
    mapping
        .members()
        .forEach(
            (name, member) -> {
              Risk.Category category = category(name);
              if (category != null) {
                words(member.value())
                    .forEach(
                        word ->
                            found
                                .computeIfAbsent(
                                    rules.lexicon.verb(word),
                                    v -> EnumSet.noneOf(Risk.Category.class))
                                .add(category));
              }
            });
    found.forEach(
        (verb, categories) -> {
          if (verb.categories.isEmpty()) {
            verb.categories.addAll(categories);
            saidBy.put(verb, at);
          }
        });
  }

  private void signals(ObjectReader document, RiskRules rules) {
    Node node = document.get("signals");
    Node.Mapping mapping =
        node == null ? null : ObjectReader.mapping(node, "an object of signals", problems);
    if (mapping == null) {
      return;
    }
    mapping
        .members()
        .forEach(
            (name, member) -> {
              ObjectReader signal =
                  ObjectReader.of(
                      member.value(), "a signal", ObjectReader.names("says", "takes"), problems);
              if (signal != null) {
                rules.signals.putIfAbsent(
                    name, new RiskRules.Signal(phrases(signal, "says"), set(signal, "takes")));
              }
            });
  }

  private void object(Node node, int at, RiskRules rules) {
    ObjectReader rule = ObjectReader.of(node, "a rule on what verbs do", OBJECT_RULE, problems);
    if (rule == null) {
      return;
    }
    Map<String, List<List<String>>> object = new HashMap<>();
    for (String entry : expanded(rule, "object", rules)) {
      List<String> words = rules.phrase(entry);
      object.computeIfAbsent(words.get(0), first -> new ArrayList<>()).add(words);
    }
    Risk.Category is = is(rule);
    RiskRules.ObjectRule read =
        new RiskRules.ObjectRule(
            object,
            phrases(rule, "mentions"),
            signal(rule, "signal", rules),
            signal(rule, "not", rules),
            is == null ? Risk.Category.WRITE : is,
            severity(rule, "severity"),
            rule.text("why"));
    rule.required("verb", "a list of verbs");
    for (Lexicon.Verb verb : rules.verbs(entries(rule, "verb", rules))) {
      if (saidBy.getOrDefault(verb, at) >= at) {
        rules.objects.computeIfAbsent(verb, v -> new ArrayList<>()).add(read);
      }
    }
  }

  private void schema(Node node, RiskRules rules) {
    ObjectReader rule = ObjectReader.of(node, "a rule on parameters", SCHEMA_RULE, problems);
    if (rule == null) {
      return;
    }
    Risk.Category is = is(rule);
    String why = why(rule);
    List<String> all = list(rule, "all");
    for (String set : all) {
      if (!rules.parameters.containsKey(set)) {
        unknown("the set of parameters " + Spelling.quote(set), set, rules.parameters.keySet());
      }
    }
    rules.schema.add(
        new RiskRules.SchemaRule(
            all,
            categories(rule, "unless"),
            rules.verbs(entries(rule, "unless_verb", rules)),
            set(rule, "unless_about"),
            is == null ? Risk.Category.WRITE : is,
            severity(rule, "severity"),
            why));
  }

  private void severity(ObjectReader document, RiskRules rules) {
    Node node = document.get("severity");
    ObjectReader severity =
        node == null
            ? null
            : ObjectReader.of(
                node, "the rules on severity", ObjectReader.names("base", "rules"), problems);
    if (severity == null) {
      return;
    }
    Node base = severity.get("base");
    Node.Mapping levels =
        base == null ? null : ObjectReader.mapping(base, "a severity by category", problems);
    if (levels != null) {
      levels
          .members()
          .forEach(
              (name, member) -> {
                Risk.Category category = category(name);
                if (category != null) {
                  rules.base.putIfAbsent(
                      category,
                      ObjectReader.constant(
                          member.value(),
                          Risk.Severity.values(),
                          Risk.Severity.MEDIUM,
                          word -> null,
                          problems));
                }
              });
    }
    severity.each("rules", "rules", MOST, one -> severityRule(one, rules));
  }

  private void severityRule(Node node, RiskRules rules) {
    ObjectReader rule = ObjectReader.of(node, "a rule on severity", SEVERITY_RULE, problems);
    if (rule != null) {
      rules.severity.add(
          new RiskRules.SeverityRule(
              categories(rule, "of"),
              phrases(rule, "says"),
              set(rule, "takes"),
              phrases(rule, "not"),
              severity(rule, "at_least"),
              severity(rule, "at_most"),
              why(rule)));
    }
  }

  // Fields.

  private Risk.@Nullable Category is(ObjectReader rule) {
    Node node = rule.required("is", "a category");
    return node == null
        ? null
        : ObjectReader.constant(
            node, Risk.Category.values(), Risk.Category.WRITE, word -> null, problems);
  }

  private String why(ObjectReader rule) {
    rule.required("why", "the reason in words");
    String why = rule.text("why");
    return why == null ? "" : why;
  }

  private Risk.@Nullable Severity severity(ObjectReader rule, String field) {
    return rule.has(field)
        ? rule.constant(field, Risk.Severity.values(), Risk.Severity.MEDIUM)
        : null;
  }

  private Set<Risk.Category> categories(ObjectReader rule, String field) {
    Set<Risk.Category> categories = EnumSet.noneOf(Risk.Category.class);
    for (String name : list(rule, field)) {
      Risk.Category category = category(name);
      if (category != null) {
        categories.add(category);
      }
    }
    return categories;
  }

  private Risk.@Nullable Category category(String name) {
    List<String> names = new ArrayList<>();
    for (Risk.Category category : Risk.Category.values()) {
      if (category.text().equals(name)) {
        return category;
      }
      names.add(category.text());
    }
    unknown("the category " + Spelling.quote(name), name, names);
    return null;
  }

  private @Nullable String signal(ObjectReader rule, String field, RiskRules rules) {
    String name = rule.text(field);
    if (name != null && !rules.signals.containsKey(name)) {
      unknown("the signal " + Spelling.quote(name), name, rules.signals.keySet());
    }
    return name;
  }

  /** The words of a field, and those of the groups that it names. */
  private List<String> expanded(ObjectReader rule, String field, RiskRules rules) {
    List<String> words = new ArrayList<>();
    for (String entry : entries(rule, field, rules)) {
      words.addAll(rules.groups.getOrDefault(entry, List.of(entry)));
    }
    return words;
  }

  private List<String> entries(ObjectReader rule, String field, RiskRules rules) {
    Node node = rule.get(field);
    List<String> entries =
        node instanceof Node.Text text ? List.of(text.value()) : list(rule, field);
    for (String entry : entries) {
      if (entry.matches("[A-Z][A-Z_]+") && !rules.groups.containsKey(entry)) {
        unknown("the group " + entry, entry, rules.groups.keySet());
      }
    }
    return entries;
  }

  private static List<List<String>> phrases(List<String> texts) {
    return texts.stream().map(text -> List.of(text.split("[ _-]+", -1))).toList();
  }

  private List<List<String>> phrases(ObjectReader rule, String field) {
    return phrases(list(rule, field));
  }

  private Set<String> set(ObjectReader rule, String field) {
    return new HashSet<>(list(rule, field));
  }

  private List<String> list(ObjectReader rule, String field) {
    Node node = rule.get(field);
    return node == null ? List.of() : words(node);
  }

  private List<String> words(Node node) {
    List<String> words = new ArrayList<>();
    if (node instanceof Node.Sequence list) {
      for (Node element : list.elements()) {
        String word = ObjectReader.nonEmpty(element, "a word or a phrase", problems);
        if (word != null) {
          words.add(word);
        }
      }
    } else {
      ObjectReader.wrong(node, "a list of words", problems);
    }
    return words;
  }

  private void unknown(String found, String name, Iterable<String> known) {
    List<String> names = new ArrayList<>();
    known.forEach(names::add);
    problems.add(
        Place.root(1, 1),
        found,
        "one of " + String.join(", ", names),
        Spelling.didYouMean(name, names));
  }

  private static List<String> joined(List<String> first, List<String> second) {
    List<String> joined = new ArrayList<>(first);
    joined.addAll(second);
    return joined;
  }
}
