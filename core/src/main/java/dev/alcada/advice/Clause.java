package dev.alcada.advice;

import java.util.ArrayList;
import java.util.List;

/**
 * A verb of a tool's name or description, and what stands behind it.
 *
 * @param verb what is done
 * @param object the words behind the verb, without articles, nouns in the singular
 * @param head how many of those come before the first preposition
 * @param negated whether the text says that it is not done
 * @param inName whether it is of the tool's name
 * @param quote the words as the tool has them
 * @param first whether it begins the name or the description
 */
record Clause(
    Lexicon.Verb verb,
    List<String> object,
    int head,
    boolean negated,
    boolean inName,
    String quote,
    boolean first) {

  /** The words behind a verb, as they come. */
  static final class Behind {
    private static final int LONGEST = 24;

    private final RiskRules rules;
    private final List<String> words = new ArrayList<>();
    private int head = -1;

    Behind(RiskRules rules) {
      this.rules = rules;
    }

    void add(String word) {
      boolean article = rules.is("determiners", word) && words.isEmpty();
      boolean preposition = rules.is("prepositions", word) && !article;
      if (preposition && head < 0) {
        // "A batch of payments" is about payments.
        boolean goesOn =
            rules.is("of", word)
                && !words.isEmpty()
                && rules.is("containers", words.get(words.size() - 1));
        head = goesOn ? -1 : words.size();
      } else if (!preposition && !rules.is("determiners", word) && words.size() < LONGEST) {
        for (String part : Words.parts(word)) {
          words.add(rules.singular(part));
        }
      }
    }

    boolean isEmpty() {
      return words.isEmpty();
    }

    List<String> words() {
      return List.copyOf(words);
    }

    int head() {
      return head < 0 ? words.size() : head;
    }
  }
}
