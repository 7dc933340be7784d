package dev.alcada.examples.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeatTest {
  @Test
  void anApproverIsANameAndMayHaveRoles() {
    assertThat(Seat.of("ana").name()).isEqualTo("ana");
    assertThat(Seat.of("ana").roles()).isEmpty();
    assertThat(Seat.of(" Ana Weiß : treasury, night").roles())
        .isEqualTo(Set.of("treasury", "night"));
    assertThat(Seat.of(" Ana Weiß : treasury, night").toString())
        .isEqualTo("Ana Weiß:night,treasury");
  }

  @Test
  void eachHasATokenThatIsShownNowhere() {
    Seat ana = Seat.of("ana");

    assertThat(ana.token()).matches("[0-9a-f]{32}").isNotEqualTo(Seat.of("ana").token());
    assertThat(ana.again().token()).isNotEqualTo(ana.token());
    assertThat(ana.toString()).doesNotContain(ana.token());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ":treasury", "ana:", "ana:a,,b", "ana:,"})
  void whatNamesNobodyIsRefused(String spelt) {
    assertThatThrownBy(() -> Seat.of(spelt)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void onePersonIsNamedOnce() {
    assertThatThrownBy(() -> Seat.all(List.of("ana:a", "Ana:b")))
        .hasMessage("the approver Ana is named twice");
  }
}
