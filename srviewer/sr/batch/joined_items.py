"""The stacks of a batch that are joined: the acq- and run- files of one suffix and session."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from srviewer.io.bids.names import OF_RESULTS, name_of, name_of_join
from srviewer.io.targets import Target
from srviewer.job import Job, within
from srviewer.sr.batch.items import Item, ItemKey, Selection, result_stem
from srviewer.sr.inputs.data_sets import is_data_set
from srviewer.sr.stacks.joinable.groups import joinable_groups

WHICH = ("acq", "run")  # the entities that say which of several stacks of one contrast it is


def with_joins(
    selection: Selection, target: Target, entities: Mapping[str, str] = OF_RESULTS
) -> Job[Selection]:
    """Put one item in the place of the stacks that can be joined.

    Args:
        selection: The volumes of a batch.
        target: The export target, which names the results.
        entities: Those of BIDS that the names of results have.

    Returns:
        A job with the selection: joins are in the place of their first stacks, the other items as
        they are.
    """
    series = selection.series
    items = {(item.sources, item.place): item for item in selection.items}
    alike: dict[tuple[object, ...], list[ItemKey]] = defaultdict(list)
    for key, item in items.items():
        name = name_of(item.sources[0])
        if name is not None and len(item.sources) == 1:
            others = {k: v for k, v in name.entities.items() if k not in WHICH}
            alike[(item.sources[0].parent, *others.items(), name.suffix)].append(key)
    together = [keys for keys in alike.values() if len(keys) > 1]
    result = dict(items)
    taken = {item.output for item in items.values()}
    for number, keys in enumerate(together):
        span = number / len(together), (number + 1) / len(together)
        groups = yield from within(joinable_groups([series[key] for key in keys]), *span)
        of_series = {id(series[key]): key for key in keys}
        for group in groups:
            first, *others_of_group = [of_series[id(stack)] for stack in group.stacks]
            joined = _joined([items[key] for key in (first, *others_of_group)], target, entities)
            result[first] = replace(joined, crowded=joined.output in taken)
            taken.add(joined.output)
            for key in others_of_group:
                del result[key]
    return replace(selection, items=tuple(result.values()))


def _joined(stacks: Sequence[Item], target: Target, entities: Mapping[str, str]) -> Item:
    first = stacks[0]
    name = name_of_join([name for item in stacks if (name := name_of(item.sources[0]))])
    source = first.sources[0].with_name(f"{name.stem}.nii.gz")
    bids = any(is_data_set(folder) for folder in source.parents)
    usual = first.output.parent / result_stem(name.stem, entities if bids else None)
    output = target.result_name(PurePosixPath(usual), source, entities)
    return replace(
        first,
        name=name.stem,
        sources=tuple(path for item in stacks for path in item.sources),
        place=0,
        alone=True,
        output=first.output if output is None else output,
        stacks=tuple(stacks),
    )
