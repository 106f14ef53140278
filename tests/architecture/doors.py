"""Contracts of our own for import-linter: features meet only at their open doors, and so do parts of a feature."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class DoorsContract(Contract):
    """Let one feature import only the public rooms of another."""

    # Declared as fields, read as the values that import-linter parses from them.
    features: list[str] = fields.ListField(subfield=fields.StringField())  # type: ignore[assignment]
    public_rooms: set[str] = fields.SetField(subfield=fields.StringField())  # type: ignore[assignment]
    exempt: set[str] | None = fields.SetField(  # type: ignore[assignment]
        subfield=fields.StringField(), required=False
    )

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002
        trespasses = [
            (importer, imported)
            for importer in sorted(graph.modules)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if self._is_trespass(importer, imported)
        ]
        return ContractCheck(kept=not trespasses, metadata={"trespasses": trespasses})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["trespasses"]:
            output.print_error(f"{importer} -> {imported}")

    def _is_trespass(self, importer: str, imported: str) -> bool:
        home = self._feature_of(imported)
        if home is None or imported == home or self._feature_of(importer) == home:
            return False
        if any(importer.startswith(f"{top}.") for top in self.exempt or ()):
            return False
        return self._room_of(imported, home) not in self.public_rooms

    @staticmethod
    def _room_of(module: str, feature: str) -> str:
        return module.removeprefix(f"{feature}.").split(".")[0]

    def _feature_of(self, module: str) -> str | None:
        return next((f for f in self.features if module == f or module.startswith(f"{f}.")), None)


class InnerDoorsContract(DoorsContract):
    """Let one sub-feature import only the public rooms of another; the feature's own rooms above them see all.

    Whoever comes from outside the feature is the business of the doors contract.
    """

    rooms_of_queries: set[str] | None = fields.SetField(  # type: ignore[assignment]
        subfield=fields.StringField(), required=False
    )

    def _is_trespass(self, importer: str, imported: str) -> bool:
        visitor, home = self._feature_of(importer), self._feature_of(imported)
        if visitor is None or home is None or not super()._is_trespass(importer, imported):
            return False
        return self._room_of(importer, visitor) != "queries" or self._room_of(imported, home) not in (
            self.rooms_of_queries or ()
        )
