{{ core.core__reference('cost_to_serve') }}
