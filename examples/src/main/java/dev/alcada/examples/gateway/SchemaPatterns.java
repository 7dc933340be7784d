package dev.alcada.examples.gateway;

import com.google.re2j.Pattern;
import com.networknt.schema.regex.RegularExpression;
import dev.alcada.policy.Policy;
import dev.alcada.policy.PolicyException;
import java.util.List;
import java.util.Map;

/**
 * The patterns of one schema, with the bounds that the expressions of a policy have: none takes
 * long to compile, and none more than linear time to be searched with.
 */
final class SchemaPatterns {
  private static final int MOST_INSTRUCTIONS = 100_000;

  private int instructions;

  /**
   * {@return the pattern, compiled}
   *
   * @throws IllegalArgumentException if it is over a bound, or not of RE2's syntax
   */
  RegularExpression compile(String pattern) {
    try {
      Policy.parse(policyWith(pattern));
    } catch (PolicyException e) {
      throw new IllegalArgumentException(
          "the pattern "
              + Quoted.of(pattern)
              + " is not one that a policy could have: "
              + e.problems().get(0).expected(),
          e);
    }
    Pattern compiled = Pattern.compile(pattern);
    instructions += compiled.programSize();
    if (instructions > MOST_INSTRUCTIONS) {
      throw new IllegalArgumentException("patterns of more than 100,000 instructions");
    }
    return text -> {
      SchemaBudget.takeSearch(text.length(), compiled.programSize());
      return compiled.matcher(text).find();
    };
  }

  private static String policyWith(String pattern) {
    return Json.write(
        Map.of(
            "version",
            "1",
            "default",
            "deny",
            "all_tools",
            Map.of(
                "deny_if",
                List.of(
                    Map.of(
                        "conditions",
                        List.of(Map.of("path", "args.text", "op", "regex", "value", pattern)))))));
  }
}
