package dev.alcada.advice;

import dev.alcada.advice.Lexicon.Form;
import dev.alcada.advice.Lexicon.Found;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the clauses of a name: {@code create_payment_link}, {@code order-cancel}, {@code
 * getOrCreateLabel}.
 */
final class NameReader {
  private final RiskRules rules;
  private final String name;
  private final List<String> words;

  private NameReader(RiskRules rules, String name) {
    this.rules = rules;
    this.name = name;
    this.words = Words.ofName(name);
  }

  static List<Clause> read(RiskRules rules, String name) {
    return new NameReader(rules, name).clauses();
  }

  private List<Clause> clauses() {
    List<Clause> clauses = new ArrayList<>();
    int at = head();
    while (at >= 0) {
      int next = nextVerb(at);
      Clause.Behind object = new Clause.Behind(rules);
      words.subList(at + 1, next < 0 ? words.size() : next).forEach(object::add);
      if (object.isEmpty()) {
        // "order-cancel" is about an order, "get_or_create_label" about a label.
        (next < 0 ? words.subList(0, at) : words.subList(next + 1, words.size()))
            .forEach(object::add);
      }
      Found found = verb(words.get(at));
      if (found != null) {
        clauses.add(
            new Clause(
                found.verb(), object.words(), object.head(), false, true, name, clauses.isEmpty()));
      }
      at = next;
    }
    return clauses;
  }

  private int nextVerb(int from) {
    for (int i = from + 1; i + 1 < words.size(); i++) {
      if (rules.is("and", words.get(i)) && verb(words.get(i + 1)) != null) {
        return i + 1;
      }
    }
    return -1;
  }

  /** Where the verb stands: a sure one, else a doubtful one that is not used as a noun. */
  private int head() {
    int last = words.size() - 1;
    if (last > 0 && suffixed(last)) {
      return last;
    }
    if (last > 1 && verb(words.get(0)) != null && rules.is("prepositions", words.get(1))) {
      return 0; // "mark_as_read" marks.
    }
    for (int i = 0; i <= last; i++) {
      if (sure(words.get(i))) {
        return i;
      }
    }
    boolean informs = last > 0 && rules.is("information", words.get(last));
    if (last >= 0 && verb(words.get(0)) != null && !(informs && last == 1)) {
      return 0;
    }
    if (informs) {
      return -1;
    }
    if (last > 0 && verb(words.get(last)) != null) {
      return last;
    }
    for (int i = 1; i < last; i++) {
      if (verb(words.get(i)) != null) {
        return i;
      }
    }
    return -1;
  }

  /** Whether the verb is the last word: "transfer_list" lists, and "list_search" lists too. */
  private boolean suffixed(int last) {
    String word = words.get(last);
    return rules.is("suffixes", word)
        && (verb(words.get(0)) == null || (word.equals("list") && !sure(words.get(0))));
  }

  private boolean sure(String word) {
    Found found = verb(word);
    return found != null && !found.verb().noun && found.form() != Form.OTHER;
  }

  private @Nullable Found verb(String word) {
    if (rules.is("prepositions", word) || rules.is("determiners", word)) {
      return null;
    }
    Found doubtful = null;
    for (Found found : rules.lexicon.find(word)) {
      boolean romance = found.verb().romance;
      Form form = found.form();
      boolean fits = romance ? form != Form.PARTICIPLE : form == Form.BASE || form == Form.OTHER;
      // "archive" is "archivar" as well, but a name that has it means itself.
      if (fits && (!found.verb().noun || found.verb().base.equals(word))) {
        return found;
      } else if (fits && doubtful == null) {
        doubtful = found;
      }
    }
    return doubtful;
  }
}
