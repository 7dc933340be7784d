package dev.alcada.advice;

import dev.alcada.advice.PolicyCheck.Level;
import dev.alcada.internal.value.JsonType;
import dev.alcada.policy.Limit;
import dev.alcada.policy.ValuePath;
import dev.alcada.tool.ToolDefinition;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An argument that a limit counts by, or that it counts. */
final class JudgedKey extends JudgedArgument {
  private static final String DENIED = "every call is denied";

  /** The limit that counts the argument itself, or null. */
  private final @Nullable Limit amount;

  private JudgedKey(String pointer, ValuePath path, @Nullable Limit amount) {
    super(pointer, path, DENIED, true);
    this.amount = amount;
  }

  static JudgedKey scope(String pointer, ValuePath path) {
    return new JudgedKey(pointer, path, null);
  }

  static JudgedKey amount(String pointer, ValuePath path, Limit limit) {
    return new JudgedKey(pointer, path, limit);
  }

  @Override
  void described(ToolDefinition tool, SchemaPlace place) {
    Set<JsonType> usable =
        amount == null ? EnumSet.of(JsonType.TEXT, JsonType.NUMBER) : EnumSet.of(JsonType.NUMBER);
    if (!place.required()) {
      say(
          Level.NOTE,
          "optional-argument",
          shown(path()) + " may be left out: such a call is denied",
          tool);
    }
    if (place.types().stream().noneMatch(usable::contains)) {
      say(
          Level.WARNING,
          "wrong-type",
          shown(path())
              + " is "
              + SchemaValues.named(place.types())
              + ", and a limit counts "
              + (amount == null ? "by " : "")
              + SchemaValues.named(usable)
              + ": "
              + DENIED,
          tool);
    } else if (amount != null) {
      BigDecimal least = place.minimum();
      if (least != null && least.compareTo(amount.max()) > 0) {
        say(
            Level.WARNING,
            "closed-limit",
            shown(path())
                + " is at least "
                + SchemaValues.shown(least)
                + ", and at most "
                + SchemaValues.shown(amount.max())
                + " fits: "
                + DENIED,
            tool);
      }
    }
  }
}
