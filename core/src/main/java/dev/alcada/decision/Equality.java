package dev.alcada.decision;

import dev.alcada.internal.value.Decimals;
import dev.alcada.internal.value.FrozenList;
import dev.alcada.internal.value.FrozenObject;
import dev.alcada.internal.value.JsonType;
import dev.alcada.internal.value.MemberName;
import dev.alcada.internal.value.Missing;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a value must equal, made ready: the operators {@code eq}, {@code in} and their like. */
abstract sealed class Equality implements ValueTest {

  /** Says whether a value found in a call equals this one; unlike types are indeterminate. */
  @Override
  public abstract Truth test(@Nullable Object found);

  /** Makes ready a value of a document. */
  static Equality to(@Nullable Object expected) {
    if (expected instanceof BigDecimal number) {
      return new ToNumber(new ExpectedNumber(number));
    }
    if (expected instanceof Number number && JsonType.of(expected) == JsonType.NUMBER) {
      return new ToNumber(new ExpectedNumber(Decimals.decimal(number)));
    }
    if (expected instanceof FrozenObject object && !ToObject.isPlain(object)) {
      return new ToNothing();
    }
    if (expected instanceof List<?> list) {
      return new ToList(list.stream().map(Equality::to).toArray(Equality[]::new));
    }
    if (expected instanceof Map<?, ?> map) {
      return new ToObject(map);
    }
    return new ToScalar(expected);
  }

  /** Makes ready a list of which one must be equal. */
  static Equality toAnyOf(List<?> expected) {
    return new ToAnyOf(expected);
  }

  private static final class ToScalar extends Equality {
    private final @Nullable Object expected;
    private final JsonType kind;

    ToScalar(@Nullable Object expected) {
      this.expected = expected;
      this.kind = JsonType.of(expected);
    }

    @Override
    public Truth test(@Nullable Object found) {
      JsonType foundKind = JsonType.of(found);
      if (foundKind == JsonType.OPAQUE) {
        return Truth.INDETERMINATE;
      }
      if (found == null || expected == null) {
        return Truth.of(found == expected);
      }
      return kind == foundKind ? Truth.of(found.equals(expected)) : Truth.INDETERMINATE;
    }
  }

  private static final class ToNumber extends Equality {
    private final ExpectedNumber expected;

    ToNumber(ExpectedNumber expected) {
      this.expected = expected;
    }

    @Override
    public Truth test(@Nullable Object found) {
      if (found == null) {
        return Truth.FALSE;
      }
      return found instanceof Number number && JsonType.of(found) == JsonType.NUMBER
          ? Truth.of(expected.compare(number) == 0)
          : Truth.INDETERMINATE;
    }
  }

  private static final class ToList extends Equality {
    private final Equality[] expected;

    ToList(Equality[] expected) {
      this.expected = expected;
    }

    @Override
    public Truth test(@Nullable Object found) {
      if (found == null) {
        return Truth.FALSE;
      }
      if (!(found instanceof FrozenList<?> list)) {
        return Truth.INDETERMINATE;
      }
      if (list.size() != expected.length) {
        return Truth.FALSE;
      }
      Truth all = Truth.TRUE;
      for (int i = 0; i < expected.length && all != Truth.FALSE; i++) {
        all = all.and(expected[i].test(list.get(i)));
      }
      return all;
    }
  }

  private static final class ToObject extends Equality {
    private final MemberName[] names;
    private final Equality[] members;

    ToObject(Map<?, ?> expected) {
      names = new MemberName[expected.size()];
      members = new Equality[expected.size()];
      int i = 0;
      for (Map.Entry<?, ?> member : expected.entrySet()) {
        names[i] = MemberName.of((String) member.getKey());
        members[i++] = Equality.to(member.getValue());
      }
    }

    /** {@return whether an object of a call spells none of its names in two ways} */
    static boolean isPlain(FrozenObject object) {
      for (String name : object.keySet()) {
        if (object.member(MemberName.of(name)) == Missing.UNREADABLE) {
          return false;
        }
      }
      return true;
    }

    /** An object that spells a wanted name in two ways, or in another one, says nothing. */
    @Override
    public Truth test(@Nullable Object found) {
      if (found == null) {
        return Truth.FALSE;
      }
      if (!(found instanceof FrozenObject object)) {
        return Truth.INDETERMINATE;
      }
      Truth all = Truth.of(object.size() == names.length);
      for (int i = 0; i < names.length; i++) {
        Object member = object.member(names[i]);
        if (member == Missing.UNREADABLE) {
          return Truth.INDETERMINATE;
        }
        Truth equal = member == Missing.ABSENT ? Truth.FALSE : members[i].test(member);
        all = all.and(equal);
      }
      return all;
    }
  }

  /** Of what cannot be read itself nothing can be said. */
  private static final class ToNothing extends Equality {
    @Override
    public Truth test(@Nullable Object found) {
      return Truth.INDETERMINATE;
    }
  }

  /** Texts, the usual case, are looked up instead of compared with one after the other. */
  private static final class ToAnyOf extends Equality {
    private final Set<String> texts = new HashSet<>();
    private final Equality[] all;
    private final boolean othersThanText;

    ToAnyOf(List<?> expected) {
      boolean others = false;
      for (Object one : expected) {
        if (one instanceof String text) {
          texts.add(text);
        } else if (one != null) {
          others = true;
        }
      }
      this.othersThanText = others;
      this.all = expected.stream().map(Equality::to).toArray(Equality[]::new);
    }

    @Override
    public Truth test(@Nullable Object found) {
      if (found instanceof String text) {
        if (texts.contains(text)) {
          return Truth.TRUE;
        }
        return othersThanText ? Truth.INDETERMINATE : Truth.FALSE;
      }
      Truth any = Truth.FALSE;
      for (int i = 0; i < all.length && any != Truth.TRUE; i++) {
        any = any.or(all[i].test(found));
      }
      return any;
    }
  }
}
