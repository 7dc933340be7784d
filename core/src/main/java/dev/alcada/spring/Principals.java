package dev.alcada.spring;

import dev.alcada.decision.Caller;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Whoever is authenticated, as a caller. */
interface Principals {
  /** An application without Spring Security: nobody is. */
  Principals NONE =
      new Principals() {
        @Override
        public @Nullable Caller here() {
          return null;
        }

        @Override
        public Mono<Caller> in() {
          return Mono.empty();
        }
      };

  /** {@return the caller that this thread works for, or null} */
  @Nullable Caller here();

  /** {@return the caller that the subscriber's context names, or nothing} */
  Mono<Caller> in();
}
