package dev.alcada.advice;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules by which tools are classified, as {@code risk-rules.yaml} states them. */
final class RiskRules {
  /**
   * What a verb does to certain things.
   *
   * @param object what the clause must be about: phrases by their first word; empty for anything
   * @param mentions phrases of which the tool must have one; empty for none
   * @param signal a signal that there must be, or null
   * @param not a signal that there must not be, or null
   */
  record ObjectRule(
      Map<String, List<List<String>>> object,
      List<List<String>> mentions,
      @Nullable String signal,
      @Nullable String not,
      Risk.Category is,
      Risk.@Nullable Severity severity,
      @Nullable String why) {}

  /** What a tool's words or parameters give away. */
  record Signal(List<List<String>> says, Set<String> takes) {}

  /** What parameters say together. */
  record SchemaRule(
      List<String> all,
      Set<Risk.Category> unless,
      Set<Lexicon.Verb> unlessVerb,
      Set<String> unlessAbout,
      Risk.Category is,
      Risk.@Nullable Severity severity,
      String why) {}

  /** What raises or lowers a severity. */
  record SeverityRule(
      Set<Risk.Category> of,
      List<List<String>> says,
      Set<String> takes,
      List<List<String>> not,
      Risk.@Nullable Severity atLeast,
      Risk.@Nullable Severity atMost,
      String why) {}

  final Lexicon lexicon;
  final Map<String, List<String>> groups = new LinkedHashMap<>();
  final Map<Lexicon.Verb, List<ObjectRule>> objects = new HashMap<>();
  final Map<String, Signal> signals = new HashMap<>();
  final List<SchemaRule> schema = new ArrayList<>();
  final Map<String, Set<String>> parameters = new LinkedHashMap<>();

  /** What of the caller's each set of parameters may be meant to be. */
  final Map<String, Set<String>> identities = new LinkedHashMap<>();

  final Map<Risk.Category, Set<String>> values = new EnumMap<>(Risk.Category.class);
  final Map<Risk.Category, Risk.Severity> base = new EnumMap<>(Risk.Category.class);
  final List<SeverityRule> severity = new ArrayList<>();

  /** The classes that each word of the grammar belongs to. */
  private final Map<String, Set<String>> grammar = new HashMap<>();

  private final Map<String, String> singular = new HashMap<>();
  private final Map<String, Set<Lexicon.Verb>> verbs = new HashMap<>();

  RiskRules(Set<String> english) {
    this.lexicon = new Lexicon(english);
  }

  /** {@return whether a word is of a class of the grammar} */
  boolean is(String wordClass, String word) {
    return classes(word).contains(wordClass);
  }

  /** {@return the classes of the grammar that a word is of} */
  Set<String> classes(String word) {
    return grammar.getOrDefault(word, Set.of());
  }

  void add(String wordClass, List<String> words) {
    words.forEach(word -> grammar.computeIfAbsent(word, w -> new HashSet<>(2)).add(wordClass));
  }

  /**
   * Returns the words of what a clause may be about, without those that only join them. Its nouns
   * are known in the plural from here on.
   */
  List<String> phrase(String text) {
    List<String> words = new ArrayList<>();
    for (String word : text.split("[ _-]+", -1)) {
      if (word.length() > 2 && !singular.containsKey(word)) {
        Words.numbers(word).forEach(form -> singular.putIfAbsent(form, word));
      }
      if (!is("prepositions", word)) {
        words.add(singular(word));
      }
    }
    return words.isEmpty() ? List.of(text) : List.copyOf(words);
  }

  String singular(String word) {
    return singular.getOrDefault(word, word);
  }

  /** {@return the verbs that the entries spell, groups among them} */
  Set<Lexicon.Verb> verbs(List<String> entries) {
    Set<Lexicon.Verb> found = new HashSet<>();
    for (String entry : entries) {
      found.addAll(groups.containsKey(entry) ? group(entry) : Set.of(lexicon.verb(entry)));
    }
    return found;
  }

  /** {@return the verbs of a group} */
  Set<Lexicon.Verb> group(String name) {
    Set<Lexicon.Verb> known = verbs.get(name);
    if (known == null) {
      known = new HashSet<>();
      for (String entry : groups.getOrDefault(name, List.of())) {
        known.add(lexicon.verb(entry));
      }
      verbs.put(name, known);
    }
    return known;
  }
}
