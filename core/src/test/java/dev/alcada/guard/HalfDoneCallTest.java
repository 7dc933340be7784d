package dev.alcada.guard;

import dev.alcada.counter.memory.Faults;
import dev.alcada.counter.memory.FaultyRoom;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever ends a call, wherever in the guard it does: a call that did not run leaves no count and
 * takes no yes, and one that ran is counted and has used its yes up.
 *
 * <p>Each call is made once for each call and each allocation that the guard comes to, and ends
 * there; and with ever more of the stack left. See {@link HalfDoneCalls}.
 */
@Timeout(600)
class HalfDoneCallTest {
  @ParameterizedTest
  @CsvSource({
    "limit, false",
    "limit, true",
    "approval, false",
    "approval, true",
    "not done, false",
    "not done, true",
    "asked, false",
    "asked, true"
  })
  void leavesNothingOrAllOfIt(String scene, boolean async) throws Exception {
    for (Faults.Kind kind : Faults.Kind.values()) {
      Object calls =
          FaultyRoom.of(
                  name -> name.startsWith("dev.alcada."),
                  name ->
                      !name.contains("HalfDone")
                          && !name.startsWith("dev.alcada.testing.")
                          && name.startsWith(
                              kind == Faults.Kind.DEPTH ? "dev.alcada." : "dev.alcada.guard."))
              .loadClass("dev.alcada.guard.HalfDoneCalls")
              .getConstructor(String.class, boolean.class, String.class)
              .newInstance(scene, async, kind.name());
      ((Callable<?>) calls).call();
    }
  }
}
