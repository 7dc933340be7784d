package dev.alcada.internal.value;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object that nobody can change. Besides what every map does, it tells whether a member is
 * the only one that could be meant by a name: a second one that differs in case or compatibility
 * form alone would let a call be judged by the one and run by the other. So would a member {@code
 * __proto__}, whose own members a reader in JavaScript may find in the object itself.
 */
public final class FrozenObject extends AbstractMap<String, @Nullable Object> {
  /*
   * A rule that reads "amount" must not be fooled by a second member that the handler may take for
   * it. Who asks for a name learns whether any *other* name folds to the same:
   *
   *   { "amount": 1, "Amount": 900 }      member("amount")  ->  UNREADABLE
   *     names   amount   Amount             other names fold to "amount"?  yes
   *
   *   { "amount": 1, "note": "x" }        member("amount")  ->  1
   *
   * Most objects are small and of ASCII, so the way to an answer depends on the object:
   *
   *   names        up to 16             more
   *   all ASCII    look along them      places (exact name -> place) and FoldedNames
   *   others       FoldedNames          places and FoldedNames
   *
   * FoldedNames is made at the first look, since most objects of a call are never asked; and once
   * for all threads, since making it takes from what the whole call may spend on folding.
   */
  public static final FrozenObject EMPTY =
      new FrozenObject(new String[0], new @Nullable Object[0], null);

  /** Up to so many members a look along the names is quicker than any index. */
  private static final int SCANNED = 16;

  private static final String PROTOTYPE = "__proto__";

  private final String[] names;
  private final @Nullable Object[] values;
  private final @Nullable Map<String, Integer> places;

  /** Whether others may find more members in the object than stand in it. */
  private final boolean hasPrototype;

  /** What the call may yet spend on folding, or {@code null} where all names are of ASCII. */
  private final @Nullable AtomicInteger foldable;

  /** Made once, when first needed: to make it takes from what the call may spend. */
  private @Nullable FoldedNames folded;

  FrozenObject(String[] names, @Nullable Object[] values, @Nullable AtomicInteger foldable) {
    this.names = names;
    this.values = values;
    this.places = names.length <= SCANNED ? null : places(names);
    this.hasPrototype = place(PROTOTYPE) >= 0;
    this.foldable = foldable;
  }

  private static Map<String, Integer> places(String[] names) {
    Map<String, Integer> places = new HashMap<>(names.length * 2);
    for (int i = 0; i < names.length; i++) {
      places.put(names[i], i);
    }
    return places;
  }

  /**
   * Returns the member of that name, {@link Missing#ABSENT} if there is none, or {@link
   * Missing#UNREADABLE} if another member's name equals it but for case and compatibility form, or
   * one is {@code __proto__}.
   */
  public @Nullable Object member(MemberName wanted) {
    if (hasPrototype) {
      return Missing.UNREADABLE;
    }
    int place = -1;
    if (places == null && foldable == null) {
      for (int i = 0; i < names.length; i++) {
        if (names[i].equals(wanted.name())) {
          place = i;
        } else if (names[i].equalsIgnoreCase(wanted.folded())) {
          return Missing.UNREADABLE;
        }
      }
    } else {
      place = place(wanted.name());
      FoldedNames index = folded;
      if (index == null) {
        index = fold();
      }
      if (index.holdAnother(wanted, place)) {
        return Missing.UNREADABLE;
      }
    }
    return place < 0 ? Missing.ABSENT : values[place];
  }

  private synchronized FoldedNames fold() {
    FoldedNames index = folded;
    if (index == null) {
      index = FoldedNames.of(names, foldable);
      folded = index;
    }
    return index;
  }

  /** Returns whether no name stands twice, as some maps allow. */
  boolean namesAreUnique() {
    if (places != null) {
      return places.size() == names.length;
    }
    for (int i = 1; i < names.length; i++) {
      for (int j = 0; j < i; j++) {
        if (names[i].equals(names[j])) {
          return false;
        }
      }
    }
    return true;
  }

  private int place(@Nullable Object name) {
    if (places != null) {
      return places.getOrDefault(name, -1);
    }
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(name)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public @Nullable Object get(@Nullable Object name) {
    int place = place(name);
    return place < 0 ? null : values[place];
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return place(name) >= 0;
  }

  @Override
  public int size() {
    return names.length;
  }

  @Override
  public Set<Map.Entry<String, @Nullable Object>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return names.length;
      }

      @Override
      public Iterator<Map.Entry<String, @Nullable Object>> iterator() {
        return new Entries();
      }
    };
  }

  private final class Entries implements Iterator<Map.Entry<String, @Nullable Object>> {
    private int next;

    @Override
    public boolean hasNext() {
      return next < names.length;
    }

    @Override
    public Map.Entry<String, @Nullable Object> next() {
      if (next == names.length) {
        throw new NoSuchElementException();
      }
      int place = next++;
      return new SimpleImmutableEntry<>(names[place], values[place]);
    }
  }
}
