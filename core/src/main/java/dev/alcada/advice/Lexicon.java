package dev.alcada.advice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The verbs that the rules know, found by any of their forms. English forms and those of Portuguese
 * and Spanish are derived from the base form, which is an infinitive in the latter two.
 */
final class Lexicon {
  /** In which form a verb stands. */
  enum Form {
    BASE,
    THIRD,
    GERUND,
    PARTICIPLE,
    INFINITIVE,
    /** A noun made of the verb, or a form that the rules spell out. */
    OTHER
  }

  /** A verb. */
  static final class Verb {
    final String base;
    final boolean romance;
    boolean noun;
    final Set<Risk.Category> categories = EnumSet.noneOf(Risk.Category.class);

    Verb(String base, boolean romance) {
      this.base = base;
      this.romance = romance;
    }

    /** What it does where no rule says more: the least of what it may do. */
    Risk.@Nullable Category category() {
      return categories.stream().findFirst().orElse(null);
    }

    @Override
    public String toString() {
      return base;
    }
  }

  /** A verb in one of its forms. */
  record Found(Verb verb, Form form) {}

  private final Set<String> english;
  private final Map<String, Verb> verbs = new HashMap<>();
  private final Map<String, List<Found>> forms = new HashMap<>();

  /** Makes an empty one; {@code english} are the words that only look like infinitives. */
  Lexicon(Set<String> english) {
    this.english = english;
  }

  /** Returns the verb that an entry of the rules spells, and learns its forms. */
  Verb verb(String entry) {
    String[] spelt = entry.split("/", -1);
    boolean noun = Arrays.stream(spelt).anyMatch(form -> form.endsWith("~"));
    String base = spelt[0].replace("~", "");
    Verb verb = verbs.get(base);
    if (verb == null) {
      verb = new Verb(base, base.matches(".+[aei]r") && !english.contains(base));
      verbs.put(base, verb);
      learn(verb);
    }
    verb.noun |= noun;
    for (int i = 1; i < spelt.length; i++) {
      String form = spelt[i].replace("~", "");
      form(verb, kind(verb, form), form);
    }
    return verb;
  }

  /** A form that is spelt out is a noun if it looks like one, else what is irregular. */
  private static Form kind(Verb verb, String form) {
    boolean noun = form.matches(".*(o|ao|ion|al|eda|ncia|ura)");
    return noun ? Form.OTHER : verb.romance ? Form.THIRD : Form.PARTICIPLE;
  }

  List<Found> find(String word) {
    return forms.getOrDefault(word, List.of());
  }

  private void learn(Verb verb) {
    if (verb.romance) {
      romance(verb);
    } else {
      english(verb);
    }
  }

  private void english(Verb verb) {
    String base = verb.base;
    String stem = base.substring(0, base.length() - 1);
    form(verb, Form.BASE, base);
    if (base.matches(".+[^aeiou]y")) {
      form(verb, Form.THIRD, stem + "ies");
      form(verb, Form.PARTICIPLE, stem + "ied");
    } else if (base.matches(".+(s|x|z|ch|sh|o)")) {
      form(verb, Form.THIRD, base + "es");
    } else {
      form(verb, Form.THIRD, base + "s");
    }
    if (base.endsWith("e")) {
      form(verb, Form.GERUND, stem + "ing");
      form(verb, Form.PARTICIPLE, base + "d");
    } else {
      char last = base.charAt(base.length() - 1);
      form(verb, Form.GERUND, base + "ing", base + last + "ing");
      form(verb, Form.PARTICIPLE, base + "ed", base + last + "ed");
    }
  }

  private void romance(Verb verb) {
    String base = verb.base;
    String stem = base.substring(0, base.length() - 2);
    form(verb, Form.INFINITIVE, base, base + "se", base + "lo", base + "la", base + "los");
    switch (base.charAt(base.length() - 2)) {
      case 'a' -> {
        form(verb, Form.THIRD, stem + "a", stem + "am", stem + "an");
        form(verb, Form.BASE, subjunctive(stem));
        form(verb, Form.PARTICIPLE, stem + "ado", stem + "ada", stem + "ados", stem + "adas");
        form(verb, Form.GERUND, stem + "ando");
        form(verb, Form.OTHER, stem + "acao", stem + "acion", stem + "amento", stem + "amiento");
      }
      case 'e' -> {
        form(verb, Form.THIRD, stem + "e", stem + "em", stem + "en");
        form(verb, Form.BASE, stem + "a");
        form(verb, Form.PARTICIPLE, stem + "ido", stem + "ida", stem + "idos", stem + "idas");
        form(verb, Form.GERUND, stem + "endo", stem + "iendo");
        form(verb, Form.OTHER, stem + "imento", stem + "imiento");
      }
      default -> {
        form(verb, Form.THIRD, stem + "e", stem + "em", stem + "en");
        form(verb, Form.BASE, stem + "a");
        form(verb, Form.PARTICIPLE, stem + "ido", stem + "ida", stem + "idos", stem + "idas");
        form(verb, Form.GERUND, stem + "indo", stem + "iendo");
        form(verb, Form.OTHER, stem + "icao", stem + "icion");
      }
    }
  }

  /** The stem of a verb in -ar before an e, which keeps its sound and not its spelling. */
  private static String subjunctive(String stem) {
    if (stem.endsWith("c")) {
      return stem.substring(0, stem.length() - 1) + "que";
    } else if (stem.endsWith("g")) {
      return stem + "ue";
    } else if (stem.endsWith("z")) {
      return stem.substring(0, stem.length() - 1) + "ce";
    }
    return stem + "e";
  }

  private void form(Verb verb, Form form, String... words) {
    for (String word : words) {
      List<Found> found = forms.computeIfAbsent(word, w -> new ArrayList<>(1));
      if (found.stream().noneMatch(f -> f.verb() == verb)) {
        found.add(new Found(verb, form));
      }
    }
  }
}
