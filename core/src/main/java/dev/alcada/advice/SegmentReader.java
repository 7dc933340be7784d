package dev.alcada.advice;

import dev.alcada.advice.Lexicon.Form;
import dev.alcada.advice.Lexicon.Found;
import dev.alcada.advice.Lexicon.Verb;
import dev.alcada.advice.Words.Token;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what stands between two marks of a description. */
final class SegmentReader {
  private static final int MOST_FILLERS = 10;
  private static final int LONGEST_QUOTE = 60;

  private final RiskRules rules;
  private final String text;
  private final List<Token> tokens;
  private final List<Set<String>> classes;

  /** Whether it follows a sentence that only reads, so that it rather says how to use the tool. */
  private final boolean usage;

  private final boolean readByName;
  private final List<Clause> clauses;
  private final int before;
  private @Nullable Building now;

  SegmentReader(
      RiskRules rules,
      String text,
      List<Token> tokens,
      List<Set<String>> classes,
      boolean usage,
      boolean readByName,
      List<Clause> clauses) {
    this.rules = rules;
    this.text = text;
    this.tokens = tokens;
    this.classes = classes;
    this.usage = usage;
    this.readByName = readByName;
    this.clauses = clauses;
    this.before = clauses.size();
  }

  /** A clause whose object is still being read. */
  private final class Building {
    final Verb verb;
    final Form form;
    final int start;
    final boolean negated;
    final Clause.Behind object = new Clause.Behind(rules);
    boolean open = true;

    Building(int start, Verb verb, boolean negated) {
      this.start = start;
      this.verb = verb;
      this.form = form(start, verb);
      this.negated = negated;
    }
  }

  /** Where a further clause starts, and whether it is denied. */
  private record Start(int at, boolean negated) {}

  void read() {
    int i = is("conditions", 0) ? endOfCondition(0) : 0;
    reveal(0, i);
    int start = i;
    boolean negated = false;
    while (i < tokens.size()
        && (is("fillers", i) || is("and", i) || is("negations", i) || isMark(i))) {
      negated |= is("negations", i);
      if (++i - start > MOST_FILLERS) {
        return;
      }
    }
    Verb verb = beginning(i);
    if (verb != null && !(usage && advises(form(i, verb)))) {
      now = new Building(i, verb, negated);
      scan(i + 1);
    } else {
      scan(start);
    }
  }

  /** "Set x to filter" behind a sentence that reads is advice to whoever calls. */
  private static boolean advises(Form form) {
    return form == Form.BASE || form == Form.INFINITIVE || form == Form.OTHER;
  }

  /** Goes through the rest, ending one clause and beginning another where there is a verb. */
  private void scan(int from) {
    int i = from;
    while (i < tokens.size()) {
      Start start = start(i);
      Verb verb = start == null ? null : verb(start.at());
      if (start != null && verb != null) {
        close(i);
        now = new Building(start.at(), verb, start.negated());
        i = start.at() + 1;
      } else if (is("conditions", i)) {
        i = condition(i);
      } else {
        if (now != null) {
          if (isComma(i) || (is("and", i) && !is("determiners", i))) {
            now.open = false;
          } else if (now.open && !isMark(i)) {
            now.object.add(tokens.get(i).word());
          }
        }
        i++;
      }
    }
    close(tokens.size());
  }

  private @Nullable Start start(int i) {
    if (isComma(i) || is("and", i)) {
      return coordinated(i);
    } else if (is("negations", i)) {
      return denied(i);
    } else if (onlyReads()) {
      return null;
    } else if (tokens.get(i).word().equals("by")) {
      Verb verb = verb(i + 1);
      return verb != null && form(i + 1, verb) == Form.GERUND ? new Start(i + 1, false) : null;
    } else if (example(i) > 0) {
      int at = i + example(i);
      while (isComma(at) || is("determiners", at)) {
        at++;
      }
      return verb(at) == null ? null : new Start(at, false);
    } else if (is("which", i)) {
      Verb verb = verb(i + 1);
      return now != null && verb != null && !verb.noun && form(i + 1, verb) == Form.THIRD
          ? new Start(i + 1, false)
          : null;
    } else if (is("auxiliaries", i) && !is("past", i - 1)) {
      return passive(i);
    }
    return null;
  }

  /** "… and deletes it", ", or refunds it". */
  private @Nullable Start coordinated(int i) {
    int at = i;
    while (isComma(at) || is("and", at) || is("adverbs", at)) {
      at++;
    }
    boolean any = is("which", at);
    if (any) {
      at++;
    }
    boolean negated = false;
    while (is("negations", at) || is("adverbs", at)) {
      negated |= is("negations", at);
      at++;
    }
    return goesOn(at, any || negated) ? new Start(at, negated) : null;
  }

  /** "Without charging", "does not delete". */
  private @Nullable Start denied(int i) {
    int at = i + 1;
    while (at < i + 3 && (is("fillers", at) || is("determiners", at))) {
      at++;
    }
    return verb(at) == null ? null : new Start(at, true);
  }

  /** "It is then refunded". */
  private @Nullable Start passive(int i) {
    boolean negated = false;
    int at = i + 1;
    while (is("fillers", at) || is("negations", at) || is("auxiliaries", at)) {
      negated |= is("negations", at);
      at++;
    }
    Verb verb = verb(at);
    if (verb == null || (now == null && usage)) {
      return null;
    }
    Form form = form(at, verb);
    boolean participle = form == Form.PARTICIPLE || (form == Form.OTHER && !verb.romance);
    return participle ? new Start(at, negated) : null;
  }

  /** Skips a condition, and begins a clause behind it if there is one. */
  private int condition(int i) {
    int end = endOfCondition(i);
    close(i);
    reveal(i - 2, i);
    int at = end;
    while (is("fillers", at) || is("and", at) || isComma(at)) {
      at++;
    }
    Verb verb = beginning(at);
    if (verb != null && !(usage && form(at, verb) != Form.THIRD)) {
      now = new Building(at, verb, false);
      return at + 1;
    }
    return end;
  }

  private int endOfCondition(int i) {
    int end = i + 1;
    while (end < tokens.size() && !isComma(end)) {
      end++;
    }
    return end;
  }

  /** "A refund when it is already paid": money with a condition says what may happen. */
  private void reveal(int from, int to) {
    for (int i = Math.max(0, from); i < to && i < tokens.size() && !readByName; i++) {
      Verb verb = is("reveals", i) ? verb(i) : null;
      boolean alone =
          i == 0 || is("determiners", i - 1) || is("prepositions", i - 1) || isMark(i - 1);
      if (verb != null && alone) {
        clauses.add(new Clause(verb, List.of(), 0, false, false, quote(0, tokens.size()), false));
        return;
      }
    }
  }

  private void close(int end) {
    if (now != null) {
      clauses.add(
          new Clause(
              now.verb,
              now.object.words(),
              now.object.head(),
              now.negated,
              false,
              quote(now.start, end),
              clauses.isEmpty()));
      now = null;
    }
  }

  private String quote(int start, int end) {
    int from = tokens.get(start).start();
    int to = tokens.get(Math.max(start, end - 1)).end();
    return to > from + LONGEST_QUOTE
        ? text.substring(from, from + LONGEST_QUOTE) + "…"
        : text.substring(from, to);
  }

  /** The verb with which a sentence begins, if the word is no noun there. */
  private @Nullable Verb beginning(int i) {
    Verb verb = verb(i);
    if (verb == null) {
      return null;
    }
    Form form = form(i, verb);
    boolean last = i + 1 >= tokens.size();
    if (form == Form.PARTICIPLE || (form == Form.GERUND && verb.noun)) {
      return null;
    } else if (form == Form.OTHER && !verb.romance) {
      return last || is("of", i + 1) ? verb : null;
    } else if (!verb.noun) {
      return verb;
    }
    return last ? alone(verb, form) : behindNothing(i, verb, form);
  }

  private @Nullable Verb alone(Verb verb, Form form) {
    return form == Form.BASE && tokens.size() == 1 ? verb : null;
  }

  /** Whether a word that may be a noun is a verb at the beginning, by what stands behind it. */
  private @Nullable Verb behindNothing(int i, Verb verb, Form form) {
    boolean article = is("determiners", i + 1);
    if (readByName && verb.category() != Risk.Category.READ && !article) {
      return null;
    }
    boolean is;
    if (tokens.get(i + 1).word().equals("that")) {
      is = form == Form.BASE;
    } else if (isComma(i + 1) || is("and", i + 1)) {
      Verb next = verb(i + 2);
      is = next != null && (is("and", i + 1) || !next.noun);
    } else if (isMark(i + 1)
        || is("information", i + 1)
        || is("auxiliaries", i + 1)
        || is("which", i + 1)) {
      is = false;
    } else if (!article && is("of", i + 1)) {
      is = form == Form.BASE && verb.category() == Risk.Category.FINANCIAL;
    } else if (!article && is("prepositions", i + 1)) {
      is = form == Form.THIRD;
    } else {
      is = true;
    }
    return is ? verb : null;
  }

  /** Whether a verb goes on with what the one before it began. */
  private boolean goesOn(int i, boolean any) {
    Verb verb = verb(i);
    if (verb == null) {
      return false;
    }
    Form form = form(i, verb);
    if (now == null && !any && !usage && clauses.size() == before) {
      // The verb before it is one that the rules do not know.
      return !readByName && !verb.noun && form == Form.THIRD;
    }
    Form begun = now == null ? null : now.form;
    boolean fits =
        any || begun == null || form == begun || (begun == Form.PARTICIPLE && form == Form.THIRD);
    if (!fits
        || (form == Form.PARTICIPLE && begun != Form.PARTICIPLE)
        || (form == Form.OTHER && begun != Form.OTHER)) {
      return false;
    }
    boolean last = i + 1 >= tokens.size();
    if (!verb.noun) {
      return !(onlyReads() && verb.category() != Risk.Category.READ && last);
    } else if (last) {
      return now != null && now.verb.noun && form == begun && !onlyReads();
    } else if (is("determiners", i + 1) || is("followers", i + 1)) {
      return true;
    } else if (onlyReads()) {
      return false;
    }
    boolean list = (isComma(i + 1) || is("and", i + 1)) && form == begun;
    return list || !(isMark(i + 1) || is("prepositions", i + 1) || is("information", i + 1));
  }

  /** Whether the clause at hand only reads, so that verbs behind it are of what it shows. */
  private boolean onlyReads() {
    return now == null ? usage : now.verb.category() == Risk.Category.READ;
  }

  private @Nullable Verb verb(int i) {
    if (i >= tokens.size()) {
      return null;
    }
    String word = tokens.get(i).word();
    if (is("prepositions", i) || is("determiners", i) || is("and", i)) {
      return null;
    }
    List<Found> found = rules.lexicon.find(word);
    for (Found one : found) {
      if (!one.verb().noun) {
        return one.verb();
      }
    }
    return found.isEmpty() ? null : found.get(0).verb();
  }

  private Form form(int i, Verb verb) {
    for (Found found : rules.lexicon.find(tokens.get(i).word())) {
      if (found.verb() == verb) {
        return found.form();
      }
    }
    return Form.OTHER;
  }

  /** How many words that introduce an example stand here. */
  private int example(int i) {
    String one = tokens.get(i).word();
    if (rules.is("examples", one)) {
      return 1;
    }
    boolean two =
        i + 1 < tokens.size() && rules.is("examples", one + " " + tokens.get(i + 1).word());
    return two ? 2 : 0;
  }

  private boolean is(String wordClass, int i) {
    return i >= 0 && i < classes.size() && classes.get(i).contains(wordClass);
  }

  private boolean isComma(int i) {
    return i < tokens.size() && isMark(i) && ",/&|".indexOf(tokens.get(i).word().charAt(0)) >= 0;
  }

  private boolean isMark(int i) {
    return i < tokens.size() && tokens.get(i).isMark();
  }
}
