package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the gateway alone says is taken out of what others say. */
class MetaTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {'_meta': {'dev.alcada/decision': 1}}               | {'_meta': {}}
          {'_meta': {'dev.alcada/decision': 1, 'kept': 2}}    | {'_meta': {'kept': 2}}
          {'_meta': {'dev.alcada/': 1, 'dev.alcada': 2}}      | {'_meta': {'dev.alcada': 2}}
          {'a': [{'b': {'_meta': {'dev.alcada/x': {}}}}, 5]}  | {'a': [{'b': {'_meta': {}}}, 5]}
          {'_meta': {'_meta': {'dev.alcada/x': 1}}}           | {'_meta': {'_meta': {}}}
          {'_meta': {'x': {'_meta': {'dev.alcada/x': 1}}}}    | {'_meta': {'x': {'_meta': {}}}}
          {'_meta': [{'dev.alcada/x': 1}]}                    | {'_meta': [{'dev.alcada/x': 1}]}
          {'dev.alcada/decision': 1}                          | {'dev.alcada/decision': 1}
          [[{'_meta': {'dev.alcada/x': null}}]]               | [[{'_meta': {}}]]
          [5, 'text', null, true]                             | [5, 'text', null, true]
          """)
  void isGoneWhereverItStands(String said, String passed) {
    Object value = Json.read(said.replace('\'', '"'));

    assertThat(Meta.clean(value)).isEqualTo(Json.read(passed.replace('\'', '"')));
  }

  @Test
  void whatHasNothingOfItIsPassedAsItIs() {
    Object value = Json.read("{\"a\": [{\"_meta\": {\"b\": [1, {\"c\": 2}]}}]}");

    assertThat(Meta.clean(value)).isSameAs(value);
  }
}
