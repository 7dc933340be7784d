package dev.alcada.advice;

import dev.alcada.advice.Words.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Finds the clauses of a description: the verbs in whose place a sentence says what is done, with
 * what stands behind them.
 *
 * <p>There is no grammar in it, only places: a verb counts where a sentence begins, behind "and",
 * behind a comma or a colon, behind "by" or "which", or as a participle behind "is". It does not
 * count behind "if", "before" or "to", and not where it is more likely a noun.
 *
 * <pre>
 *   Cancels an order  and refunds it   if it is paid .   Without charging a fee .
 *   ^~~~~~~ ^~~~~~~~      ^~~~~~~ ^~   ~~~~~~~~~~~~~     ~~~~~~~ ^~~~~~~~ ^~~~~
 *   verb    object        verb object  a condition       negated: not done
 * </pre>
 */
final class TextReader {
  private final RiskRules rules;
  private final String text;
  private final List<Token> tokens;

  /** The classes of each word, which are asked for again and again. */
  private final List<Set<String>> classes;

  /** Whether the tool's name says that it reads. */
  private final boolean readByName;

  private final List<Clause> clauses = new ArrayList<>();
  private int looked;
  private boolean readsSoFar = true;

  private TextReader(RiskRules rules, String text, List<Token> tokens, boolean readByName) {
    this.rules = rules;
    this.text = text;
    this.tokens = tokens;
    this.readByName = readByName;
    this.classes = tokens.stream().map(token -> rules.classes(token.word())).toList();
  }

  static List<Clause> read(RiskRules rules, String text, List<Token> tokens, boolean readByName) {
    TextReader reader = new TextReader(rules, text, tokens, readByName);
    reader.read();
    return reader.clauses;
  }

  private void read() {
    boolean laterSentence = false;
    int from = 0;
    while (from < tokens.size()) {
      int end = from;
      while (end < tokens.size() && !parts(tokens.get(end))) {
        end++;
      }
      String mark = end < tokens.size() ? tokens.get(end).word() : "";
      if (laterSentence && mark.equals(":") && heading(tokens.subList(from, end))) {
        return;
      }
      if (end > from) {
        // What follows a sentence that only reads rather says how the tool is used.
        boolean usage = laterSentence && (readByName || onlyReads());
        new SegmentReader(
                rules,
                text,
                tokens.subList(from, end),
                classes.subList(from, end),
                usage,
                readByName,
                clauses)
            .read();
      }
      laterSentence |= !mark.isEmpty() && ".!?;\n".contains(mark);
      from = end + 1;
    }
  }

  private static boolean parts(Token token) {
    return token.isMark() && ",/&|".indexOf(token.word().charAt(0)) < 0;
  }

  private boolean heading(List<Token> words) {
    return words.size() <= 2
        && rules.is("headings", String.join(" ", words.stream().map(Token::word).toList()));
  }

  private boolean onlyReads() {
    for (; looked < clauses.size(); looked++) {
      Clause clause = clauses.get(looked);
      readsSoFar &= clause.negated() || clause.verb().category() == Risk.Category.READ;
    }
    return readsSoFar && !clauses.isEmpty();
  }
}
