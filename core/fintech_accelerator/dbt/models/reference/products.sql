{{ core.core__reference('products') }}
