package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Foreign text in a line of a log. */
class QuotedTest {
  @Test
  void canNeitherEndALineNorLookLikeTheGateway() {
    assertThat(Quoted.of("x\nERROR gateway: forged"))
        .isEqualTo("\"x\\u000aERROR gateway: forged\"");
    assertThat(Quoted.of("a\r\u0085\u2028\u2029b")).isEqualTo("\"a\\u000d\\u0085\\u2028\\u2029b\"");
    assertThat(Quoted.of("\u001b[31mred")).isEqualTo("\"\\u001b[31mred\"");
    assertThat(Quoted.of("a\" b \\")).isEqualTo("\"a\\\" b \\\\\"");
    assertThat(Quoted.of("\u202egnp.exe\u200b\ufeff"))
        .isEqualTo("\"\\u202egnp.exe\\u200b\\ufeff\"");
    assertThat(Quoted.of("\ud800 \udbff\udfff \ue000"))
        .isEqualTo("\"\\ud800 \\u{10ffff} \\ue000\"");
    assertThat(Quoted.of("olá 😀 日本")).isEqualTo("\"olá 😀 日本\"");
  }

  @Test
  void isCut() {
    assertThat(Quoted.of("x".repeat(1_000_000))).hasSize(303).endsWith("x…\"");
    assertThat(Quoted.line("x".repeat(1_000_000))).hasSize(2_001);
  }

  @Test
  void ofWhatWasThrownHasItsKindAndItsMessage() {
    assertThat(Quoted.of(new IllegalStateException("a\nb")))
        .isEqualTo("IllegalStateException \"a\\u000ab\"");
    assertThat(Quoted.of(new OutOfMemoryError())).isEqualTo("OutOfMemoryError");
  }

  @Test
  void aSentenceOfOursKeepsItsOwnQuotes() {
    assertThat(Quoted.line("\"a\" matches no tool; did you mean \"A\u0007\"?"))
        .isEqualTo("\"a\" matches no tool; did you mean \"A\\u0007\"?");
  }
}
