package dev.alcada.advice;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is recommended for one tool.
 *
 * @param tool its name
 * @param why its risk, or why it is left out
 * @param place where it goes in the policy
 * @param rule the fields of its rule, in document order
 * @param notes what its author has to know or decide
 * @param bindings arguments that may be meant to be the caller's own
 */
record RuleAdvice(
    String tool,
    String why,
    Place place,
    Map<String, Object> rule,
    List<String> notes,
    List<Binding> bindings) {

  /** Where a tool goes in the policy. */
  enum Place {
    /** Among the tools that may be called, under the conditions of its rule. */
    LISTED,
    /** Among those that agents do not see. */
    HIDDEN,
    /** Nowhere: the default is to deny. */
    LEFT_OUT
  }

  /**
   * An argument and the attribute of the caller that it may be meant to be.
   *
   * @param path the argument's path
   * @param from the attribute's path
   */
  record Binding(String path, String from) {
    @Override
    public String toString() {
      return path + " = " + from;
    }
  }

  static RuleAdvice leftOut(String tool, String why) {
    return new RuleAdvice(tool, why, Place.LEFT_OUT, Map.of(), List.of(), List.of());
  }

  /** A limit as documents spell it. */
  static Map<String, Object> limit(String counter, String window, long max) {
    Map<String, Object> limit = new LinkedHashMap<>();
    limit.put("counter", counter);
    limit.put("window", window);
    limit.put("max", max);
    limit.put("scope", "grant");
    return limit;
  }

  /** {@return what is to be said above the rule, a line each} */
  List<String> comments() {
    List<String> comments = new ArrayList<>();
    comments.add(why);
    comments.addAll(notes);
    return comments;
  }
}
